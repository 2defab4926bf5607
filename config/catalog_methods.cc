#include <regex>
#include <set>

#include "config/catalog_sections.h"

namespace circuit::config {
namespace {

using credentials::Application;
using credentials::Field;
using credentials::Method;
using credentials::Scope;

std::string read_name(const Section& section) {
  std::string name = section.text("name");
  static const std::regex form("[a-z][a-z0-9_]{0,62}");
  if (!std::regex_match(name, form)) refuse(section.at("name"), "name must be of a-z, 0-9 and _");
  return name;
}

Field read_parameter(const YAML::Node& node) {
  const Section section(node, "a parameter",
                        {"name", "description", "required", "default", "choices", "pattern"});
  Field field;
  field.name = read_name(section);
  field.description = section.text("description");
  field.required = section.flag("required", false);
  field.default_value = section.text("default", "");
  field.choices = section.texts("choices");
  field.pattern = section.text("pattern", "");
  if (field.required && !field.default_value.empty())
    refuse(node, field.name + " is required, so it needs no default");
  try {
    const std::regex compiled(field.pattern);
  } catch (const std::regex_error&) { // the library's only way to report
    refuse(section.at("pattern"), "pattern is no regular expression");
  }
  if (!field.default_value.empty() && credentials::template_names(field.default_value).empty()) {
    if (const auto fits = credentials::check_value(field, field.default_value); !fits)
      refuse(section.at("default"), "default: " + fits.error().message);
  }
  return field;
}

Field read_secret(const YAML::Node& node) {
  const Section section(node, "a secret", {"name", "description", "required"});
  Field field;
  field.name = read_name(section);
  field.description = section.text("description");
  field.required = section.flag("required", true);
  field.secret = true;
  return field;
}

Scope read_scope(const YAML::Node& node) {
  const Section section(node, "a scope", {"scope", "purpose", "capability", "by_default"});
  return {section.text("scope"), section.text("purpose"), section.text("capability", ""),
          section.flag("by_default", true)};
}

Application read_application(const Section& section) {
  const std::string how = section.choice("apply", {"bearer", "basic", "signer", "none"});
  if (how == "bearer") return Application::kBearer;
  if (how == "basic") return Application::kBasic;
  return how == "signer" ? Application::kSigner : Application::kNone;
}

credentials::AccountLookup read_account(const YAML::Node& node) {
  const Section section(
      node, "account",
      {"url", "account", "properties", "empty_list_needs_approval", "choose_by", "choose_parameter"});
  credentials::AccountLookup lookup;
  lookup.url = section.text("url");
  lookup.account = section.text("account");
  lookup.properties = section.text_map("properties");
  lookup.empty_list_needs_approval = section.flag("empty_list_needs_approval", false);
  lookup.choose_by = section.text("choose_by", "");
  lookup.choose_parameter = section.text("choose_parameter", "");
  if (lookup.choose_by.empty() != lookup.choose_parameter.empty())
    refuse(node, "choose_by and choose_parameter belong together");
  const auto check_pointer = [&](const std::string& pointer, const std::string& key) {
    if (!pointer.starts_with('/')) refuse(section.at(key), key + " must be a JSON pointer: /email");
  };
  check_pointer(lookup.account, "account");
  if (!lookup.choose_by.empty()) check_pointer(lookup.choose_by, "choose_by");
  for (const auto& [pointer, name] : lookup.properties) check_pointer(pointer, "properties");
  return lookup;
}

void read_fields(const Section& section, Method& method) {
  std::set<std::string> names;
  const auto add = [&](const YAML::Node& node, Field field) {
    if (!names.insert(field.name).second) refuse(node, field.name + " is given twice");
    method.fields.push_back(std::move(field));
  };
  for (const auto& node : section.list("parameters")) add(node, read_parameter(node));
  for (const auto& node : section.list("secrets")) add(node, read_secret(node));
}

Method read_method(const YAML::Node& node) {
  const Section section(
      node, "a method",
      {"name", "display_name", "parameters", "secrets", "scopes", "apply", "username_parameter", "headers",
       "oauth2", "assertion", "account", "where_to_create"});
  Method method;
  method.name = section.text("name");
  method.display_name = section.text("display_name");
  read_fields(section, method);
  for (const auto& scope : section.list("scopes")) method.scopes.push_back(read_scope(scope));
  method.application = read_application(section);
  method.username_parameter = section.text("username_parameter", "");
  method.headers = section.text_map("headers");
  if (section.has("oauth2")) method.oauth = read_oauth(section.at("oauth2"));
  if (section.has("assertion")) method.assertion = read_assertion(section.at("assertion"));
  if (section.has("account")) method.account = read_account(section.at("account"));
  method.where_to_create = section.text("where_to_create", "");
  return method;
}

} // namespace

std::vector<Method> read_methods(const Section& file) {
  std::vector<Method> methods;
  std::set<std::string> names;
  file.at("methods");
  for (const auto& node : file.list("methods")) {
    methods.push_back(read_method(node));
    if (!names.insert(methods.back().name).second)
      refuse(node, "the method " + methods.back().name + " is given twice");
  }
  return methods;
}

void spread_common_scopes(std::vector<Method>& methods) {
  for (auto& method : methods) {
    std::map<std::string, bool> capabilities; // and whether they are there unasked
    for (const auto& scope : method.scopes) {
      if (!scope.capability.empty()) capabilities[scope.capability] |= scope.by_default;
    }
    std::vector<Scope> spread;
    for (const auto& scope : method.scopes) {
      if (!scope.capability.empty() || capabilities.empty()) {
        spread.push_back(scope);
        continue;
      }
      for (const auto& [capability, by_default] : capabilities)
        spread.push_back({scope.scope, scope.purpose, capability, by_default});
    }
    method.scopes = std::move(spread);
  }
}

} // namespace circuit::config
