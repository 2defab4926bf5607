#include "config/documentation.h"
#include "config/documentation_parts.h"

namespace circuit::config {
namespace {

constexpr const char* kIntroduction =
    R"(<!-- Made from config/providers/*.yaml by `circuit-feeds providers document`: change those files. -->

# Providers

For users, administrators and security reviewers: what is read and written where, by which permissions, who has to
approve, where to look and to revoke, and which hosts a network has to let through. `circuit-feeds providers` says which
of them this version pulls from.

## How credentials are handled

| property | behaviour |
|---|---|
| Storage | Tokens and keys are encrypted at rest (AES-256-GCM, a key of its own for each connection). No answer of the API or the command line contains one. |
| Refresh | Where the provider has refresh tokens, they are used in the background. Nobody has to sign in again from time to time. |
| Revocation | Disconnecting destroys the stored credential, and revokes the grant where the provider has an endpoint for that. Users and administrators can also revoke at the provider, at any time. |
| Scope of access | Only the scopes that a user or administrator granted are used. Each page lists them, with what each is for. |
| Transit | All requests to providers use TLS 1.2 or newer, and go to listed hosts only. |

)";

std::string pages(const std::vector<CatalogEntry>& catalog) {
  std::string text = "## What each reads and writes\n\n" + table({"integration", "reads", "writes", "notes"});
  for (const auto& entry : catalog) {
    const auto& provider = entry.description;
    text += row({"[" + table_name(entry) + "](" + provider.name() + ".md)", cell(provider.reads()),
                 cell(provider.writes()), cell(provider.notes())});
  }
  return text + "\n";
}

std::string approvals(const std::vector<CatalogEntry>& catalog) {
  std::string text =
      "## Which need an administrator\n\nMost work for individual users as they are. These often need an "
      "administrator first; their pages have the steps.\n\n" +
      table({"integration", "why", "where to approve", "role, any of"});
  for (const auto& entry : catalog) {
    if (!entry.profile.approval) continue;
    const auto& approval = *entry.profile.approval;
    text += row({"[" + entry.description.display_name() + "](" + entry.description.name() +
                     ".md#approval-by-an-administrator)",
                 cell(approval.when), cell(approval.where), cell(joined(approval.roles, "; "))});
  }
  return text + "\n";
}

std::string reviews(const std::vector<CatalogEntry>& catalog) {
  std::string text =
      "## Where to review and revoke\n\nIn `circuit-feeds connections`, and at the provider:\n\n" +
      table({"provider", "users", "administrators"});
  for (const auto& entry : catalog) {
    if (entry.profile.review_places.empty()) continue;
    std::vector<std::string> users, administrators;
    for (const auto& place : entry.description.review_places())
      (place.who() == "user" ? users : administrators).push_back(cell(show_place(place)));
    text += row({entry.description.display_name(), joined(users, "; "), joined(administrators, "; ")});
  }
  return text + "\n";
}

std::string residencies(const std::vector<CatalogEntry>& catalog) {
  std::string text = "## Data residency\n\n";
  for (const auto& entry : catalog) {
    if (!entry.description.data_residency().empty())
      text += "- " + entry.description.display_name() + ": " + entry.description.data_residency() + "\n";
  }
  return text + "\n";
}

std::string network(const std::vector<CatalogEntry>& catalog) {
  std::string text =
      "## Network destinations\n\nAll by HTTPS, port 443. `circuit-feeds providers egress` prints the "
      "list for one or several providers.\n\n" +
      table({"host", "for"});
  for (const auto& [host, providers] : egress_by_host(catalog)) {
    text +=
        row({host == "*" ? "those of the addresses that users give" : code(host), joined(providers, ", ")});
  }
  return text;
}

} // namespace

std::string provider_summary(const std::vector<CatalogEntry>& catalog) {
  return kIntroduction + pages(catalog) + approvals(catalog) + reviews(catalog) + residencies(catalog) +
         network(catalog);
}

} // namespace circuit::config
