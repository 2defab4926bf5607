#include "config/documentation_parts.h"

#include "config/documentation.h"
#include "config/units.h"

namespace circuit::config {
namespace {

namespace v1 = circuit::feeds::v1;

std::string heading(const v1::Provider& provider, bool later) {
  std::string text = "<!-- Made from config/providers/" + provider.name() +
                     ".yaml by `circuit-feeds providers document`: change that file. -->\n\n# " +
                     provider.display_name() + "\n\n";
  if (later) {
    text +=
        "Declared: accounts can be connected and administrators can approve, but this version reads and "
        "writes "
        "nothing there yet.\n\n";
  }
  text += table({"", ""});
  text += row({"reads", cell(provider.reads())});
  text += row({"writes", cell(provider.writes())});
  if (!provider.notes().empty()) text += row({"bounded by", cell(provider.notes())});
  text += row({"catalog id", code(provider.name())});
  return text;
}

std::string field_row(const v1::ConnectionField& field) {
  std::string about = cell(field.description());
  if (field.choices_size() > 0) {
    about += " One of ";
    for (int i = 0; i < field.choices_size(); ++i) about += (i == 0 ? "" : ", ") + code(field.choices(i));
    about += ".";
  }
  if (!field.default_value().empty()) about += " Default: " + code(field.default_value()) + ".";
  return row({code(field.name()), field.secret() ? "secret" : "parameter",
              field.required() ? "required" : "optional", about});
}

std::string scopes_of(const v1::AuthorizationMethod& method, const credentials::Method& profile) {
  if (method.scopes_size() == 0) {
    return profile.oauth ? "This provider has no scopes: the consent page asks what to share.\n\n"
                         : "No scopes: it can do all that the account which made it can do.\n\n";
  }
  std::string text = table({"scope or permission", "what it is for", "capability", "by default"});
  for (const auto& scope : method.scopes()) {
    text += row({code(scope.scope()), cell(scope.purpose()),
                 scope.capability().empty() ? "each" : code(scope.capability()),
                 scope.by_default() ? "yes" : "no"});
  }
  return text + "\n";
}

std::string lifetime_of(const credentials::Method& method) {
  if (method.assertion) {
    return "The worker gets access tokens with this key by itself. They end within the hour; deleting the "
           "key at the "
           "provider ends all access.\n\n";
  }
  if (!method.oauth)
    return "It is used as it is, and ends when it is deleted or expires at the provider. Nothing has to be "
           "renewed.\n\n";
  const auto& oauth = *method.oauth;
  std::string text = "The worker renews access by itself, in the background. Nobody has to sign in again";
  if (oauth.refresh_token_idle_lifetime)
    text +=
        ", unless the connection is unused for " +
        std::to_string(
            std::chrono::duration_cast<std::chrono::hours>(*oauth.refresh_token_idle_lifetime).count() / 24) +
        " days";
  text += ".";
  if (oauth.rotates_refresh_token) text += " Each renewal may replace the refresh token.";
  const bool revokes = oauth.revocation.kind != credentials::Revocation::Kind::kNone;
  text += revokes ? " Disconnecting revokes the grant at the provider and destroys the stored credential.\n\n"
                  : " Disconnecting destroys the stored credential. The provider has no documented endpoint "
                    "to revoke "
                    "the grant: remove it as said below.\n\n";
  return text;
}

std::string method_section(const v1::AuthorizationMethod& method, const credentials::Method& profile) {
  std::string text = "### " + method.display_name() + " (`" + method.name() + "`)\n\n";
  if (!method.where_to_create().empty()) text += "Where to make it: " + method.where_to_create() + "\n\n";
  if (method.fields_size() > 0) {
    text += table({"field", "", "", ""});
    for (const auto& field : method.fields()) text += field_row(field);
    text += "\n";
  }
  return text + scopes_of(method, profile) + lifetime_of(profile);
}

std::string connecting(const CatalogEntry& entry) {
  const auto& provider = entry.description;
  if (provider.methods_size() == 0) return "\n## Connecting\n\nNothing has to be connected.\n\n";
  std::string text = "\n## Connecting\n\n";
  for (int i = 0; i < provider.methods_size(); ++i)
    text += method_section(provider.methods(i), entry.profile.methods[static_cast<size_t>(i)]);
  return text;
}

std::string who_acts(credentials::ApprovalSign::Who who) {
  using Who = credentials::ApprovalSign::Who;
  if (who == Who::kAdministrator) return "an administrator of the organization";
  if (who == Who::kNobody) return "nobody: it is tried again";
  return who == Who::kPerson ? "the person who connects" : "whoever runs the worker";
}

std::string numbered(const std::vector<std::string>& steps) {
  std::string text;
  for (size_t i = 0; i < steps.size(); ++i) text += std::to_string(i + 1) + ". " + steps[i] + "\n";
  return text + "\n";
}

std::string approving(const credentials::Approval& approval) {
  std::string text = "## Approval by an administrator\n\n" + approval.when + ".\n\n";
  text += "Required role, any of: " + joined(approval.roles, "; ") + ".\n\n";
  if (!approval.console_url.empty()) text += "Where: <" + approval.console_url + ">\n\n";
  text += numbered(approval.steps);
  if (!approval.direct_url.empty()) {
    text +=
        "Or directly, with the values filled in by `circuit-feeds connections approve-help NAME`:\n\n    " +
        approval.direct_url + "\n\n";
  }
  if (!approval.limit_users.empty())
    text += "### Limiting who can use it\n\n" + numbered(approval.limit_users);
  if (approval.signs.empty()) return text;
  text += "### Errors, and who has to act\n\n" + table({"error", "means", "who acts"});
  for (const auto& sign : approval.signs) {
    const std::string both = !sign.error.empty() && !sign.contains.empty() ? ": " : "";
    text += row({code(sign.error + both + sign.contains), cell(sign.meaning), who_acts(sign.who)});
  }
  return text + "\n";
}

std::string reviewing(const v1::Provider& provider) {
  if (provider.review_places_size() == 0) return "";
  std::string text =
      "## Reviewing and revoking\n\nHere: `circuit-feeds connections list`, and `connections delete NAME`. "
      "At the provider:\n\n" +
      table({"who", "where"});
  for (const auto& place : provider.review_places()) text += row({place.who(), cell(show_place(place))});
  return text + "\n";
}

std::string network_of(const CatalogEntry& entry) {
  std::string text = "## Network destinations\n\n";
  std::vector<std::string> hosts(entry.description.egress_hosts().begin(),
                                 entry.description.egress_hosts().end());
  if (hosts.size() == 1 && hosts[0] == "*") {
    text += "The hosts of the addresses that you give, if they are public.\n\n";
  } else {
    for (const auto& host : hosts) text += "- `" + host + "`\n";
    text += "\nAll by HTTPS (port 443), TLS 1.2 or newer.\n\n";
  }
  if (!entry.description.data_residency().empty())
    text += "## Data residency\n\n" + entry.description.data_residency() + "\n\n";
  return text + "Requests are kept to " + describe_limits(entry.limits) +
         ", and to less where the provider asks for it.\n";
}

std::string selecting(const v1::Provider& provider) {
  if (provider.selection_fields_size() == 0) return "";
  std::string text = "\n## Selection\n\n" + table({"field", "", ""});
  for (const auto& field : provider.selection_fields())
    text += row({code(field.name()), field.required() ? "required" : "optional", cell(field.description())});
  return text;
}

} // namespace

std::string provider_page(const CatalogEntry& entry) {
  std::string text = heading(entry.description, entry.description.pulled_later()) + connecting(entry);
  if (entry.profile.approval) text += approving(*entry.profile.approval);
  return text + reviewing(entry.description) + network_of(entry) + selecting(entry.description);
}

} // namespace circuit::config
