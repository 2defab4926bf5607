#pragma once
// Bodies of authorization servers, whatever they are written in, and what is the matter according to them.
// Private to this folder. Pure; any thread.

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/credentials/profile.h"

namespace circuit::credentials {

// JSON, or a form (GitHub, unless asked for JSON). In memory that is wiped. nullopt: neither, or larger or
// deeper than any answer is.
std::optional<boost::json::value> read_json(std::string_view body);
std::optional<boost::json::object> read_answer_body(std::string_view body);

// At a JSON pointer: strings, numbers and truth values as text; nullopt for others, for what is long, and for
// control characters.
std::optional<std::string> text_at(const boost::json::value& body, std::string_view pointer);

// At a name, or a JSON pointer. Null: nothing there.
const boost::json::value* field_at(const boost::json::object& body, std::string_view name_or_pointer);
// Empty: it is no string, or not there.
std::string_view string_at(const boost::json::object& body, std::string_view name_or_pointer);
// Strings, numbers and truth values as text; nullopt for others, for what is long, and for control
// characters.
std::optional<std::string> property_at(const boost::json::object& body, std::string_view name_or_pointer);

// What a server says is wrong. The texts are its own, so none of them goes into a message: they are compared.
struct ErrorAnswer {
  std::string error; // lower case: "invalid_grant"
  std::string description, subtype;
  std::vector<std::string> codes; // Entra's, as "AADSTS65001"
};
// nullopt: it says of no error. There is one where `error` is, or where `success_field` is named and false,
// or, with a `status` that is none of success, where a field is that providers use in place of `error`.
std::optional<ErrorAnswer> error_in(const boost::json::object& body, const std::string& success_field,
                                    int status);

// The numbers that Entra puts into descriptions, which it also does on consent pages.
std::vector<std::string> entra_codes(std::string_view description);

// The first of the provider's signs that says what this error means; null: none.
const ApprovalSign* matching_sign(const Profile& profile, const ErrorAnswer& answer);

} // namespace circuit::credentials
