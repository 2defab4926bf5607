#pragma once
// Members of JSON objects as providers' answers have them. A member that is missing, that is null, or that is
// of another type than was asked for counts as one that is not there: providers leave out and null what does
// not apply, and whoever needs a member says so where it is used. Pure; any thread.

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace circuit::text {

// Nothing where it is not JSON, or nested deeper than 64.
std::optional<boost::json::value> parse_json(std::string_view body);

// Not there: empty.
std::string string_member(const boost::json::object& object, std::string_view key);
// The same, and numbers and booleans as JSON writes them: for ids and values that are either.
std::string scalar_member(const boost::json::object& object, std::string_view key);
// Not there, or not a whole number that fits: 0.
int64_t number_member(const boost::json::object& object, std::string_view key);
bool flag_member(const boost::json::object& object, std::string_view key, bool otherwise = false);
// Not there: null. They are part of `object`.
const boost::json::object* object_member(const boost::json::object& object, std::string_view key);
const boost::json::array* array_member(const boost::json::object& object, std::string_view key);

} // namespace circuit::text
