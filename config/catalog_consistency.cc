#include <algorithm>
#include <set>

#include "config/catalog_sections.h"
#include "ingest/text/url.h"

namespace circuit::config {
namespace {

using credentials::Application;
using credentials::Method;
using credentials::Profile;
using credentials::TemplateValues;

// What the provider itself will say about a connection: unknown until there is one.
std::set<std::string> properties_of(const Method& method) {
  std::set<std::string> names;
  if (method.oauth) {
    for (const auto& [field, name] : method.oauth->captured) names.insert(name);
  }
  for (const auto& [pointer, name] : method.account.properties) names.insert(name);
  for (const auto& field : method.fields) {
    const auto needed = credentials::template_names(field.default_value);
    if (std::ranges::any_of(needed, [&](const auto& name) { return names.contains(name); }))
      names.insert(field.name);
  }
  return names;
}

// One connection for each choice of its variants, with "x" in whatever has to be given and has no choices.
std::vector<TemplateValues> example_connections(const Profile& profile, const Method& method) {
  std::vector<std::map<std::string, std::string>> parameters(1);
  for (const auto& field : method.fields) {
    if (field.required && !field.secret)
      parameters[0][field.name] = field.choices.empty() ? "x" : field.choices[0];
  }
  for (const auto& [parameter, values] : profile.variants) {
    std::vector<std::map<std::string, std::string>> chosen;
    for (const auto& [value, variables] : values) {
      for (auto one : parameters) {
        one[parameter] = value;
        chosen.push_back(std::move(one));
      }
    }
    parameters = std::move(chosen);
  }
  std::vector<TemplateValues> examples;
  for (const auto& one : parameters) {
    examples.push_back(template_values(profile, method, one, {}));
    examples.back().emplace("client_id", "client");
  }
  return examples;
}

// One method of one provider, and what its templates come to.
class MethodCheck {
 public:
  MethodCheck(const YAML::Node& where, const CatalogEntry& entry, const Method& method)
      : where_(where),
        egress_(entry.description.egress_hosts().begin(), entry.description.egress_hosts().end()),
        profile_(entry.profile),
        method_(method),
        properties_(properties_of(method)),
        examples_(example_connections(entry.profile, method)) {}

  void run() const {
    check_parts();
    check_url("base_url", profile_.base_url);
    for (const auto& host : profile_.hosts) check_credential_host(host);
    for (const auto& scope : method_.scopes) check_template("a scope", scope.scope);
    for (const auto& [name, value] : method_.headers) check_template("the header " + name, value);
    for (const auto& field : method_.fields) {
      if (!field.secret) check_template("the default of " + field.name, field.default_value);
    }
    check_url("account", method_.account.url);
    if (method_.oauth) {
      check_endpoint("authorization_endpoint", method_.oauth->authorization_endpoint);
      check_endpoint("token_endpoint", method_.oauth->token_endpoint);
      check_endpoint("revocation", method_.oauth->revocation.endpoint);
      check_template("issuer", method_.oauth->issuer);
    }
    if (method_.assertion) {
      check_endpoint("token_endpoint", method_.assertion->token_endpoint);
      check_template("audience", method_.assertion->audience);
    }
    if (profile_.approval) check_template("direct_url", profile_.approval->direct_url);
  }

 private:
  [[noreturn]] void refuse_method(const std::string& problem) const {
    refuse(where_, "the method " + method_.name + ": " + problem);
  }

  void check_parts() const {
    const auto is_field = [&](const std::string& name) {
      return std::ranges::any_of(method_.fields, [&](const auto& f) { return !f.secret && f.name == name; });
    };
    if (method_.application == Application::kBasic && !is_field(method_.username_parameter))
      refuse_method("username_parameter is none of its parameters");
    if (method_.application != Application::kBasic && !method_.username_parameter.empty())
      refuse_method("username_parameter is for `apply: basic`");
    const bool has_secret = std::ranges::any_of(method_.fields, &credentials::Field::secret);
    if (method_.oauth && method_.assertion) refuse_method("has oauth2 or assertion, not both");
    if (!method_.oauth && !has_secret) refuse_method("nothing in it is secret");
    if (method_.where_to_create.empty() && has_secret) refuse_method("lacks where_to_create");
  }

  // What the template is for one example; empty where that depends on what the provider will say.
  std::string filled(const std::string& what, const std::string& text, const TemplateValues& values) const {
    for (const auto& name : credentials::template_names(text)) {
      if (properties_.contains(name)) return "";
      if (!values.contains(name))
        refuse_method(what + " names {" + name + "}, which not every connection has");
    }
    const auto result = credentials::fill_in(text, values, true);
    if (!result) refuse_method(what + ": " + result.error().message);
    return *result;
  }

  void check_template(const std::string& what, const std::string& text) const {
    for (const auto& values : examples_) filled(what, text, values);
  }

  void check_url(const std::string& what, const std::string& text) const {
    for (const auto& values : examples_) {
      const std::string url = filled(what, text, values);
      if (url.empty()) continue;
      const auto parts = text::split_url(url);
      if (!parts || parts->scheme != "https" || parts->host.empty())
        refuse_method(what + " is no https address: " + url);
      if (!host_is_covered(parts->host, egress_))
        refuse_method(what + " leads to " + parts->host + ", which is not among egress_hosts");
    }
  }

  // Where the application's own secret goes: never to an address that whoever connects can choose freely.
  void check_endpoint(const std::string& what, const std::string& text) const {
    if (text.empty()) return;
    check_url(what, text);
    for (const auto& name : credentials::template_names(text)) {
      const auto field = std::ranges::find(method_.fields, name, &credentials::Field::name);
      if (field != method_.fields.end() && field->choices.empty() && field->pattern.empty())
        refuse_method(what + " depends on " + name + ", which has neither choices nor a pattern");
    }
    for (const auto& values : examples_) {
      const auto parts = text::split_url(filled(what, text, values));
      std::vector<std::string> hosts;
      for (const auto& host : profile_.hosts) hosts.push_back(filled("credential_hosts", host, values));
      if (parts && !host_is_covered(parts->host, hosts))
        refuse_method(what + " leads to " + parts->host + ", which is not among credential_hosts");
    }
  }

  void check_credential_host(const std::string& host) const {
    for (const auto& values : examples_) {
      const std::string one = filled("credential_hosts", host, values);
      const std::string plain = one.starts_with("*.") ? "x" + one.substr(1) : one;
      if (!one.empty() && !host_is_covered(plain, egress_))
        refuse_method("the credential host " + one + " is not among egress_hosts");
    }
  }

  const YAML::Node where_;
  const std::vector<std::string> egress_;
  const Profile& profile_;
  const Method& method_;
  const std::set<std::string> properties_;
  const std::vector<TemplateValues> examples_;
};

// A variant says as much for each value as for the others, and its values are those that may be chosen.
void check_variants(const Section& file, const Profile& profile) {
  const auto names = [](const std::map<std::string, std::string>& variables) {
    std::set<std::string> all;
    for (const auto& [name, value] : variables) all.insert(name);
    return all;
  };
  for (const auto& [parameter, values] : profile.variants) {
    const YAML::Node where = file.at("variants");
    if (values.empty()) refuse(where, "the variants of " + parameter + " are none");
    std::vector<std::string> choices;
    for (const auto& [value, variables] : values) {
      choices.push_back(value);
      if (names(variables) != names(values.begin()->second))
        refuse(where, parameter + ": " + value + " has not the variables that the others have");
    }
    for (const auto& method : profile.methods) {
      const auto field = std::ranges::find(method.fields, parameter, &credentials::Field::name);
      if (field == method.fields.end())
        refuse(where, "the method " + method.name + " lacks the parameter " + parameter);
      auto offered = field->choices;
      std::ranges::sort(offered);
      if (offered != choices)
        refuse(where, "the choices of " + parameter + " in " + method.name + " are not its variants");
    }
  }
}

} // namespace

void check_entry(const Section& file, const CatalogEntry& entry) {
  const Profile& profile = entry.profile;
  check_variants(file, profile);
  for (const auto& method : profile.methods) MethodCheck(file.at("methods"), entry, method).run();
  if (profile.methods.empty()) return;
  if (profile.hosts.empty()) refuse(file.node(), "the file lacks credential_hosts");
  if (profile.base_url.empty()) refuse(file.node(), "the file lacks base_url");
  if (profile.review_places.empty()) refuse(file.node(), "the file lacks review_places");
}

} // namespace circuit::config
