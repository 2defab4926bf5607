#include "ingest/credentials/profile.h"

#include <string_view>

namespace circuit::credentials {
namespace {

std::string percent_encoded(const std::string& value) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : value) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kDigits[static_cast<unsigned char>(c) >> 4];
      out += kDigits[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

} // namespace

const Method* Profile::find_method(const std::string& name) const {
  for (const Method& method : methods) {
    if (name.empty() || method.name == name) return &method;
  }
  return nullptr;
}

TemplateValues template_values(const Profile& profile, const Method& method,
                               const std::map<std::string, std::string>& parameters,
                               const std::map<std::string, std::string>& properties) {
  TemplateValues values = parameters;
  values.insert(properties.begin(), properties.end());
  TemplateValues defaults;
  for (const Field& field : method.fields) {
    if (!field.secret && !field.default_value.empty()) defaults.emplace(field.name, field.default_value);
  }
  for (const auto& [parameter, choices] : profile.variants) {
    const auto given = values.find(parameter);
    const auto by_default = defaults.find(parameter);
    const auto choice = given != values.end()          ? choices.find(given->second)
                        : by_default != defaults.end() ? choices.find(by_default->second)
                                                       : choices.end();
    if (choice != choices.end()) values.insert(choice->second.begin(), choice->second.end());
  }
  values.insert(profile.variables.begin(), profile.variables.end());
  values.insert(defaults.begin(), defaults.end());
  return values;
}

Result<std::string> fill_in(const std::string& text, const TemplateValues& values, bool as_url) {
  std::string out;
  size_t at = 0;
  while (true) {
    const size_t open = text.find('{', at);
    const size_t close = open == std::string::npos ? open : text.find('}', open);
    if (close == std::string::npos) return out + text.substr(at);
    out += text.substr(at, open - at);
    const std::string name = text.substr(open + 1, close - open - 1);
    const auto value = values.find(name);
    if (value == values.end() || value->second.empty()) {
      return make_error(ErrorClass::kInvalid, "CONNECTION_PARAMETER_MISSING",
                        "the connection has no '" + name + "'",
                        "Give the connection the parameter '" + name + "'.")
          .with("parameter", name);
    }
    out += as_url && open > 0 ? percent_encoded(value->second) : value->second;
    at = close + 1;
  }
}

} // namespace circuit::credentials
