#pragma once
// How values travel: forms, base64, JSON strings. They append to a string that the caller has reserved, so
// that a secret leaves no copy where a string grew. Pure; any thread.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/credentials/secret.h"

namespace circuit::credentials {

// application/x-www-form-urlencoded, with %20 for a space, which queries of URLs may have too.
void append_form_encoded(std::string& out, std::string_view value); // at most 3 bytes a byte
void append_json_string(std::string& out, std::string_view value);  // with its quotes; at most 6 bytes a byte
void append_base64(std::string& out, std::string_view bytes);
void append_base64url(std::string& out, std::string_view bytes); // without padding

// The header "Basic ...". Of a person or a token, as they are (RFC 7617); or of a pair "user:password" that
// is encoded already (RFC 6749 section 2.3.1 wants forms' encoding), and is wiped.
std::string basic_authorization(std::string_view user, const Secret& password);
std::string basic_authorization(std::string pair);

std::string lower_case(std::string_view text); // ASCII's letters

std::string form_encoded(std::string_view value);
std::string base64url(std::string_view bytes);

// name=value&name=value, decoded. nullopt: a broken escape.
std::optional<std::vector<std::pair<std::string, std::string>>> decode_form(std::string_view form);

} // namespace circuit::credentials
