#include "ingest/credentials/profile.h"

#include <algorithm>
#include <optional>
#include <regex>
#include <string_view>

#include "ingest/text/percent.h"
#include "ingest/text/url.h"

namespace circuit::credentials {
namespace {

// std::regex recurses with its subject.
constexpr size_t kLongestValue = 512;
constexpr std::string_view kHostSuffix = ".host";

// One part of a template: literal text, or a name.
struct Piece {
  std::string_view literal;
  std::string_view name;
};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

// Braces that hold no name are literal text: what follows "{" in JSON is not meant.
std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  size_t begin = 0;
  for (size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    size_t end = at + 1;
    while (end < text.size() && is_name_character(text[end])) ++end;
    if (end == text.size() || text[end] != '}' || end == at + 1) continue;
    if (at > begin) pieces.push_back({text.substr(begin, at - begin), {}});
    pieces.push_back({{}, text.substr(at + 1, end - at - 1)});
    begin = end + 1;
    at = end;
  }
  if (begin < text.size()) pieces.push_back({text.substr(begin), {}});
  return pieces;
}

Error invalid_value(const std::string& name, const std::string& what, const std::string& next_step) {
  return make_error(ErrorClass::kInvalid, "CONNECTION_PARAMETER_INVALID", name + " " + what, next_step)
      .with("field", name);
}

Result<std::string> value_of(std::string_view name, const TemplateValues& values) {
  const bool host = name.ends_with(kHostSuffix);
  if (host) name.remove_suffix(kHostSuffix.size());
  const auto found = values.find(std::string(name));
  if (found == values.end()) {
    return make_error(ErrorClass::kInvalid, "CONNECTION_PARAMETER_MISSING",
                      "the connection lacks " + std::string(name),
                      "Give it as a parameter of the connection; the provider's catalog entry describes it.")
        .with("field", std::string(name));
  }
  if (!host) return found->second;
  const auto parts = text::split_url(found->second);
  if (parts && !parts->host.empty()) return parts->host;
  return invalid_value(found->first, "is not the address of a server", "Give scheme and host: https://HOST.");
}

std::string joined(const std::vector<std::string>& choices) {
  std::string all;
  for (const auto& choice : choices) all += (all.empty() ? "" : ", ") + choice;
  return all;
}

} // namespace

const Method* Profile::find_method(const std::string& name) const {
  const auto found =
      std::ranges::find_if(methods, [&](const Method& m) { return name.empty() || m.name == name; });
  return found == methods.end() ? nullptr : &*found;
}

Result<void> check_value(const Field& field, const std::string& value) {
  if (value.size() > kLongestValue)
    return invalid_value(field.name, "is longer than 512 bytes", "Shorten it.");
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::ranges::any_of(value, control))
    return invalid_value(field.name, "contains control characters", "Give it as one line of text.");
  if (!field.choices.empty() && std::ranges::find(field.choices, value) == field.choices.end())
    return invalid_value(field.name, "is none of its choices", "Use one of: " + joined(field.choices) + ".");
  if (!field.pattern.empty() && !std::regex_match(value, std::regex(field.pattern)))
    return invalid_value(field.name, "has not the form that the provider gives it", field.description);
  return {};
}

TemplateValues template_values(const Profile& profile, const Method& method,
                               const std::map<std::string, std::string>& parameters,
                               const std::map<std::string, std::string>& properties) {
  TemplateValues values;
  const auto add = [&](const std::map<std::string, std::string>& from) {
    for (const auto& [name, value] : from) {
      if (!value.empty()) values.emplace(name, value);
    }
  };
  add(parameters);
  add(properties);
  const auto default_of = [&](const std::string& name) -> std::string {
    const auto field = std::ranges::find(method.fields, name, &Field::name);
    return field == method.fields.end() ? "" : field->default_value;
  };
  for (const auto& [parameter, choices] : profile.variants) {
    const auto given = parameters.find(parameter);
    const bool chosen = given != parameters.end() && !given->second.empty();
    const auto variant = choices.find(chosen ? given->second : default_of(parameter));
    if (variant != choices.end()) add(variant->second);
  }
  add(profile.variables);
  // A default may build on what comes before it, so those that are texts come first.
  for (const bool templates : {false, true}) {
    for (const auto& field : method.fields) {
      if (field.secret || field.default_value.empty() || values.contains(field.name)) continue;
      if (template_names(field.default_value).empty() == templates) continue;
      if (auto filled = fill_in(field.default_value, values, true)) values.emplace(field.name, *filled);
    }
  }
  return values;
}

Result<std::string> fill_in(const std::string& text, const TemplateValues& values, bool as_url) {
  std::string filled;
  bool at_start = true;
  for (const auto& piece : pieces_of(text)) {
    if (piece.name.empty()) {
      filled += piece.literal;
    } else {
      auto value = value_of(piece.name, values);
      if (!value) return std::move(value).error();
      filled += as_url && !at_start ? text::percent_encoded(*value) : *value;
    }
    at_start = false;
  }
  return filled;
}

std::vector<std::string> template_names(const std::string& text) {
  std::vector<std::string> names;
  for (const auto& piece : pieces_of(text)) {
    std::string_view name = piece.name;
    if (name.empty()) continue;
    if (name.ends_with(kHostSuffix)) name.remove_suffix(kHostSuffix.size());
    names.emplace_back(name);
  }
  return names;
}

} // namespace circuit::credentials
