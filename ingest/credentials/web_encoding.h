#pragma once
// How values travel: forms, base64, JSON strings. They append to a string that the caller has reserved, so
// that a secret leaves no copy where a string grew. Pure; any thread.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace circuit::credentials {

// application/x-www-form-urlencoded, with %20 for a space, which queries of URLs may have too.
void append_form_encoded(std::string& out, std::string_view value); // at most 3 bytes a byte
void append_json_string(std::string& out, std::string_view value);  // with its quotes; at most 6 bytes a byte
void append_base64(std::string& out, std::string_view bytes);
void append_base64url(std::string& out, std::string_view bytes); // without padding

std::string lower_case(std::string_view text); // ASCII's letters

std::string form_encoded(std::string_view value);
std::string base64url(std::string_view bytes);

// name=value&name=value, decoded. nullopt: a broken escape.
std::optional<std::vector<std::pair<std::string, std::string>>> decode_form(std::string_view form);

} // namespace circuit::credentials
