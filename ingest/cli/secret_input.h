#pragma once
// Secrets that a person or a script hands over: from files and from stdin, never from the command line, which
// every user of the machine can read. Blocks while it reads.

#include <string>
#include <vector>

#include "circuit/feeds/v1/feed.pb.h"
#include "circuit/feeds/v1/services.pb.h"
#include "ingest/credentials/secret.h"
#include "ingest/runtime/result.h"

namespace circuit::cli {

struct SecretSources {
  std::string token_file;
  bool token_stdin = false;
  std::vector<std::string> named; // "NAME=@FILE"
  std::string refused;            // was given with --token: refused, and not repeated
};

// Puts them into `to` under the names of the method's secrets; the token is its only one, or "token". INVALID
// SECRET_ON_COMMAND_LINE, SECRET_MALFORMED, SECRET_FILE_UNREADABLE, SECRET_EMPTY, SECRET_AMBIGUOUS. A file
// that others can read is warned of on stderr.
Result<void> read_secrets(const SecretSources& sources, const circuit::feeds::v1::AuthorizationMethod& method,
                          circuit::feeds::v1::ConnectionSecrets& to);

} // namespace circuit::cli
