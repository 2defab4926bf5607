#pragma once
// Percent-encoding (RFC 3986 section 2.1). Pure functions; any thread.

#include <string>
#include <string_view>

namespace circuit::text {

// All but unreserved characters and those of `plain` as %XX of its bytes: at most three times as long. Fit
// for a value of a query or a form; with "/" as plain, for a path.
std::string percent_encoded(std::string_view text, std::string_view plain = {});
// The same at the end of `out`, which the caller has reserved where no copy may be left behind.
void append_percent_encoded(std::string& out, std::string_view text, std::string_view plain = {});

// What is no escape stays as it is.
std::string percent_decoded(std::string_view text);

// Letters and digits of ASCII, and - . _ ~ (RFC 3986 section 2.3).
bool is_unreserved(char c);

// The value of an hexadecimal digit; -1 where it is none.
int hex_digit(char c);

} // namespace circuit::text
