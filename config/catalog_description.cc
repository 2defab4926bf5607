#include "config/catalog_sections.h"

namespace circuit::config {
namespace {

namespace v1 = circuit::feeds::v1;

void describe_method(const credentials::Method& method, v1::AuthorizationMethod& described) {
  described.set_name(method.name);
  described.set_display_name(method.display_name);
  for (const auto& field : method.fields) {
    auto* of_field = described.add_fields();
    of_field->set_name(field.name);
    of_field->set_description(field.description);
    of_field->set_required(field.required);
    of_field->set_secret(field.secret);
    of_field->set_default_value(field.default_value);
    for (const auto& choice : field.choices) of_field->add_choices(choice);
    of_field->set_pattern(field.pattern);
  }
  for (const auto& scope : method.scopes) {
    auto* of_scope = described.add_scopes();
    of_scope->set_scope(scope.scope);
    of_scope->set_purpose(scope.purpose);
    of_scope->set_capability(scope.capability);
    of_scope->set_by_default(scope.by_default);
  }
  described.set_refreshes((method.oauth && method.oauth->refreshes) || method.assertion);
  described.set_revokes(method.oauth &&
                        method.oauth->revocation.kind != credentials::Revocation::Kind::kNone);
  described.set_where_to_create(method.where_to_create);
}

void describe_approval(const credentials::Approval& approval, v1::AdminApproval& described) {
  described.set_when(approval.when);
  described.set_where(approval.where);
  for (const auto& role : approval.roles) described.add_roles(role);
  described.set_console_url(approval.console_url);
  for (const auto& step : approval.steps) described.add_steps(step);
  described.set_direct_url(approval.direct_url);
  for (const auto& step : approval.limit_users) described.add_limit_users(step);
}

} // namespace

void describe(const credentials::Profile& profile, v1::Provider& description) {
  description.set_authorization(profile.methods.empty() ? "none" : profile.methods.front().name);
  for (const auto& method : profile.methods) describe_method(method, *description.add_methods());
  if (profile.approval) describe_approval(*profile.approval, *description.mutable_approval());
  for (const auto& place : profile.review_places) {
    auto* described = description.add_review_places();
    described->set_who(place.who);
    described->set_where(place.where);
    described->set_url(place.url);
  }
  description.set_documentation("docs/providers/" + profile.provider + ".md");
}

} // namespace circuit::config
