#include "ingest/text/json_members.h"

namespace circuit::text {

namespace json = boost::json;

std::optional<json::value> parse_json(std::string_view body) {
  json::parse_options options;
  options.max_depth = 64;
  boost::system::error_code broken;
  json::value value = json::parse(body, broken, {}, options);
  if (broken) return std::nullopt;
  return value;
}

std::string string_member(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::string scalar_member(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  if (found != nullptr && (found->is_number() || found->is_bool())) return json::serialize(*found);
  return string_member(object, key);
}

int64_t number_member(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  return found != nullptr && found->is_int64() ? found->get_int64() : 0;
}

bool flag_member(const json::object& object, std::string_view key, bool otherwise) {
  const json::value* found = object.if_contains(key);
  return found != nullptr && found->is_bool() ? found->get_bool() : otherwise;
}

const json::object* object_member(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  return found != nullptr ? found->if_object() : nullptr;
}

const json::array* array_member(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  return found != nullptr ? found->if_array() : nullptr;
}

} // namespace circuit::text
