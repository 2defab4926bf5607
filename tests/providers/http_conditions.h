#pragma once
// The conditional requests and the content negotiation of RFC 9110, as an origin server must answer them.
// Pure functions; any thread.

#include <optional>
#include <string>
#include <string_view>

#include "tests/providers/simulated_provider.h"

namespace circuit::providers {

// What the selected representation can be recognized by.
struct Validators {
  std::string etag;                        // with its quotes, and W/ where weak; empty: none
  std::optional<SystemTime> last_modified; // whole seconds
};

enum class Precondition { kPassed, kNotModified, kFailed }; // 200, 304, 412

// Section 13.2.2, in its order of precedence, for a representation that exists.
Precondition evaluate_preconditions(const SimRequest& request, const Validators& validators, SystemTime now);

// Sections 8.8.3.2: opaque tags equal; strongly only when neither is weak.
bool etags_match_weakly(std::string_view a, std::string_view b);
bool etags_match_strongly(std::string_view a, std::string_view b);

// Section 12.5.3: whether gzip may be sent to a client with these Accept-Encoding values (nullopt: no field).
bool accepts_gzip(const std::optional<std::string>& accept_encoding);

} // namespace circuit::providers
