#include "tests/contract/json_schema.h"

#include <algorithm>
#include <limits>
#include <regex>
#include <stdexcept>
#include <string_view>

namespace circuit::contract {
namespace {

namespace json = boost::json;

constexpr std::string_view kChecked[] = {"$ref",    "type",    "required", "properties",
                                         "items",   "oneOf",   "enum",     "additionalProperties",
                                         "minimum", "maximum", "format"};
constexpr std::string_view kAnnotations[] = {"title", "description", "example", "default", "deprecated"};

bool is_known(std::string_view keyword) {
  return std::ranges::find(kChecked, keyword) != std::end(kChecked) ||
         std::ranges::find(kAnnotations, keyword) != std::end(kAnnotations) || keyword.starts_with("x-");
}

constexpr std::string_view kNoneOfTheValues = " is none of the values: ";

std::string at_or_root(const std::string& at) { return at.empty() ? "the value" : at; }

bool has_type(std::string_view type, const json::value& value) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_bool();
  if (type == "integer") return value.is_int64() || value.is_uint64();
  if (type == "number") return value.is_number();
  return type == "null" && value.is_null();
}

bool has_format(std::string_view format, const json::value& value) {
  static const std::regex date_time(
      R"(\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-6]\d(\.\d+)?(Z|[+-]\d\d:\d\d))");
  static const std::regex uuid("[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}");
  if (format == "int64") return value.is_int64();
  if (format == "int32") {
    return value.is_int64() && value.get_int64() >= std::numeric_limits<int32_t>::min() &&
           value.get_int64() <= std::numeric_limits<int32_t>::max();
  }
  if (!value.is_string()) return false;
  const std::string text(value.get_string());
  if (format == "date-time") return std::regex_match(text, date_time);
  return format == "uuid" && std::regex_match(text, uuid);
}

// Of two problems of two choices: the one that lies deeper, and rather what is wrong with a value of that
// kind than that it is of another kind.
bool tells_more(const std::string& a, const std::string& b) {
  const auto rank = [](const std::string& problem) {
    return std::pair(problem.find(kNoneOfTheValues) == std::string::npos, problem.find(' '));
  };
  return !a.empty() && rank(a) > rank(b);
}

} // namespace

const json::value& JsonSchema::resolve(const json::value& schema) const {
  const json::value* at = &schema;
  while (at->is_object() && at->get_object().contains("$ref")) {
    const std::string reference(at->at("$ref").as_string());
    if (!reference.starts_with("#/")) throw std::runtime_error(reference + " leads out of the document");
    at = &document_.at_pointer(std::string_view(reference).substr(1));
  }
  return *at;
}

std::string JsonSchema::check(const json::value& schema, const json::value& value,
                              const std::string& at) const {
  const json::object& rules = resolve(schema).as_object();
  for (const auto& rule : rules) {
    if (!is_known(rule.key())) return "keyword " + std::string(rule.key()) + " is not understood";
  }
  const auto rule = [&](std::string_view name) { return rules.if_contains(name); };
  if (const auto* type = rule("type"); type != nullptr && !has_type(type->as_string(), value))
    return at_or_root(at) + " is not of type " + std::string(type->as_string());
  if (const auto* values = rule("enum")) {
    if (std::ranges::find(values->as_array(), value) == values->as_array().end())
      return at_or_root(at) + std::string(kNoneOfTheValues) + json::serialize(value);
  }
  if (const auto* format = rule("format"); format != nullptr && !has_format(format->as_string(), value))
    return at_or_root(at) + " is no " + std::string(format->as_string()) + ": " + json::serialize(value);
  if (const auto* least = rule("minimum");
      least != nullptr && value.to_number<double>() < least->to_number<double>())
    return at_or_root(at) + " is too small";
  if (const auto* most = rule("maximum");
      most != nullptr && value.to_number<double>() > most->to_number<double>())
    return at_or_root(at) + " is too large";
  if (const auto* choices = rule("oneOf")) {
    if (auto found = check_one_of(choices->as_array(), value, at); !found.empty()) return found;
  }
  if (const auto* items = rule("items"); items != nullptr && value.is_array()) {
    for (size_t i = 0; i < value.get_array().size(); ++i) {
      auto found = check(*items, value.get_array()[i], at + "[" + std::to_string(i) + "]");
      if (!found.empty()) return found;
    }
  }
  // What only chooses between others says nothing of properties itself.
  if (value.is_object() && !rules.contains("oneOf")) return check_object(rules, value.get_object(), at);
  return {};
}

std::string JsonSchema::check_object(const json::object& schema, const json::object& value,
                                     const std::string& at) const {
  if (const auto* required = schema.if_contains("required")) {
    for (const auto& name : required->as_array()) {
      if (!value.contains(name.as_string())) return at + "." + std::string(name.as_string()) + " is missing";
    }
  }
  const auto* properties = schema.if_contains("properties");
  const auto* others = schema.if_contains("additionalProperties");
  for (const auto& member : value) {
    const std::string where = at + "." + std::string(member.key());
    const auto* described =
        properties != nullptr ? properties->as_object().if_contains(member.key()) : nullptr;
    if (described == nullptr && others != nullptr && others->is_object()) described = others;
    if (described == nullptr) {
      if (extra_ == Extra::kRefused) return where + " is not described";
      continue;
    }
    if (auto found = check(*described, member.value(), where); !found.empty()) return found;
  }
  return {};
}

std::string JsonSchema::check_one_of(const json::array& choices, const json::value& value,
                                     const std::string& at) const {
  size_t fitting = 0;
  std::string nearest;
  for (const auto& choice : choices) {
    std::string found = check(choice, value, at);
    if (found.empty()) ++fitting;
    if (nearest.empty() || tells_more(found, nearest)) nearest = std::move(found);
  }
  if (fitting == 1) return {};
  if (fitting > 1) return at_or_root(at) + " is of several kinds at once";
  return at_or_root(at) + " is none of its kinds: " + nearest;
}

} // namespace circuit::contract
