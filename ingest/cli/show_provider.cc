#include "ingest/cli/show_provider.h"

#include "config/documentation.h"
#include "config/units.h"
#include "ingest/cli/output.h"

namespace circuit::cli {
namespace {

namespace v1 = circuit::feeds::v1;

void line(const std::string& text) { std::printf("%s\n", printable(text).c_str()); }

// Under an empty line.
void heading(const std::string& text) {
  std::printf("\n");
  line(text);
}

void show_method(const v1::AuthorizationMethod& method) {
  heading("method " + method.name() + ": " + method.display_name());
  if (!method.where_to_create().empty()) line("  make it at: " + method.where_to_create());
  for (const auto& field : method.fields()) {
    std::string about = "  " + std::string(field.secret() ? "secret " : "parameter ") + field.name() +
                        (field.required() ? " (required)" : "") + "  " + field.description();
    std::string choices;
    for (const auto& choice : field.choices()) choices += (choices.empty() ? "" : ", ") + choice;
    if (!choices.empty()) about += " One of: " + choices + ".";
    if (!field.default_value().empty()) about += " Default: " + field.default_value() + ".";
    line(about);
  }
  for (const auto& scope : method.scopes()) {
    line("  scope " + scope.scope() + "  " + scope.purpose() +
         (scope.by_default() ? "" : " (only with the capability " + scope.capability() + ")"));
  }
  line(std::string("  renewed by the worker: ") + (method.refreshes() ? "yes" : "nothing to renew") +
       "; revoked at the provider on disconnecting: " + (method.revokes() ? "yes" : "no endpoint for it"));
}

void show_steps(const std::string& heading, const std::vector<std::string>& steps) {
  if (steps.empty()) return;
  line(heading);
  for (size_t i = 0; i < steps.size(); ++i) line("  " + std::to_string(i + 1) + ". " + steps[i]);
}

std::string who_acts(credentials::ApprovalSign::Who who) {
  using Who = credentials::ApprovalSign::Who;
  if (who == Who::kAdministrator) return "an administrator";
  if (who == Who::kNobody) return "nobody: it is tried again";
  return who == Who::kPerson ? "the person" : "the operator";
}

void show_approval(const credentials::Approval& approval) {
  heading("approval by an administrator: " + approval.when);
  for (const auto& role : approval.roles) line("  role: " + role);
  if (!approval.console_url.empty()) line("  at: " + approval.console_url);
  if (!approval.direct_url.empty()) line("  directly: " + approval.direct_url);
  show_steps("steps:", approval.steps);
  show_steps("to limit who can use it:", approval.limit_users);
  if (!approval.signs.empty()) line("errors, and who acts:");
  for (const auto& sign : approval.signs) {
    line("  " + sign.error + (sign.error.empty() || sign.contains.empty() ? "" : ": ") + sign.contains +
         "  " + sign.meaning + " (" + who_acts(sign.who) + ")");
  }
}

} // namespace

void show_entry(const config::CatalogEntry& entry, const std::string& pulled) {
  const auto& provider = entry.description;
  std::string hosts;
  for (const auto& host : provider.egress_hosts()) hosts += (hosts.empty() ? "" : ", ") + host;
  if (hosts == "*") hosts = "those of the addresses that you give";
  print_fields(
      {{"provider", provider.name()},
       {"called", provider.display_name()},
       {"pulled", pulled},
       {"reads", provider.reads()},
       {"writes", provider.writes()},
       {"bounded by", provider.notes()},
       {"data residency", provider.data_residency()},
       {"connects to", hosts},
       {"at most", config::describe_limits(entry.limits)},
       {"poll every", config::format_duration(entry.poll_interval) + ", unless the source asks for another"},
       {"page", provider.documentation()}});
  for (const auto& method : provider.methods()) show_method(method);
  if (entry.profile.approval) show_approval(*entry.profile.approval);
  if (provider.review_places_size() > 0) heading("review and revoke:");
  for (const auto& place : provider.review_places())
    line("  " + place.who() + ": " + place.where() + (place.url().empty() ? "" : "  " + place.url()));
  if (provider.selection_fields_size() > 0) heading("selection:");
  for (const auto& field : provider.selection_fields()) {
    line("  " + field.name() + (field.required() ? " (required)  " : "  ") + field.description());
  }
}

} // namespace circuit::cli
