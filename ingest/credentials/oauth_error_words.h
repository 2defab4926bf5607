#pragma once
// The words that authorization servers have for what is wrong. Only words that are known here go into
// messages: an answer may echo anything, secrets too. Private to this folder. Pure; any thread.

#include <optional>
#include <string>
#include <string_view>

#include "ingest/credentials/oauth_answer_body.h"

namespace circuit::credentials {

enum class ErrorMeaning {
  kGrantDead,       // a person has to authorize anew
  kClientWrong,     // the application is not known, or does not prove who it is
  kRequestWrong,    // it may not ask for this, or not in this way
  kPasses,          // nothing took place
  kThrottled,       // the same
  kMayHaveHappened, // it failed halfway
};

struct KnownError {
  std::string_view error; // lower case
  ErrorMeaning meaning;
};
// Null: not known.
const KnownError* known_error(const std::string& error);

// " (invalid_grant, AADSTS700082)", or empty.
std::string evidence(const ErrorAnswer& answer);

// The same for programs: metadata "error" and "error_codes".
void add_evidence(Error& error, const ErrorAnswer& answer);

} // namespace circuit::credentials
