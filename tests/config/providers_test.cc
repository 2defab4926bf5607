// What administrators are told of the providers holds for the catalog: reads, writes, approval, review,
// hosts.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>

#include "config/catalog.h"

namespace circuit::config {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

class Providers : public ::testing::Test {
 protected:
  void SetUp() override {
    auto loaded = load_catalog();
    ASSERT_TRUE(loaded) << loaded.error().to_string();
    catalog_ = *std::move(loaded);
  }
  const CatalogEntry& entry(const std::string& name) const {
    const auto* found = find_entry(catalog_, name);
    EXPECT_NE(found, nullptr) << name;
    return found == nullptr ? catalog_.front() : *found;
  }
  const credentials::Method& method(const std::string& provider, const std::string& name) const {
    const auto* found = entry(provider).profile.find_method(name);
    EXPECT_NE(found, nullptr) << provider << " " << name;
    return *found;
  }
  std::vector<CatalogEntry> catalog_;
};

TEST_F(Providers, ReadAndWriteWhatAdministratorsAreTold) {
  struct Row {
    const char *name, *reads, *writes, *notes;
    bool feed;
  };
  const Row rows[] = {
      {"slack", "None", "Messages", "Posts as the connecting user or bot", false},
      {"salesforce", "Records, schema", "Records", "Subject to the user's Salesforce permissions", false},
      {"hubspot", "Contacts", "Transactional emails", "Uses a HubSpot-approved email template", false},
      {"dynamics-365", "Entities", "Entities", "Subject to the user's Dynamics security role", false},
      {"outlook", "Mail, shared mail", "Drafts only", "never sent on the user's behalf", false},
      {"google-workspace", "Gmail, Calendar, Contacts", "Gmail drafts", "Calendar is read-only", false},
      {"bluebeam", "Projects, documents, sessions", "Annotations, sessions", "Region-scoped", false},
      {"google-drive", "Files in selected folders", "None", "User picks scope at connect time", true},
      {"onedrive", "Files the user picks", "None", "User picks scope at connect time", true},
      {"sharepoint", "Sites the admin authorizes", "None", "Site-scoped", true},
      {"confluence", "Spaces the user selects", "None", "Subject to user's Confluence permissions", true},
      {"notion", "Pages and databases shared with the connection", "None", "must explicitly share each page",
       true},
      {"github", "Repositories the PAT grants", "None", "PAT-scoped", true},
      {"azure-blob", "Containers in the supplied account", "None", "Shared-key authentication", true},
      {"hubspot-forms", "Form submissions", "None", "API key authentication", true},
      {"rss", "Public feed contents", "None", "No authentication required", true},
  };
  EXPECT_EQ(catalog_.size(), std::size(rows));
  for (const auto& row : rows) {
    const auto& provider = entry(row.name).description;
    EXPECT_EQ(provider.reads(), row.reads) << row.name;
    EXPECT_EQ(provider.writes(), row.writes) << row.name;
    EXPECT_THAT(provider.notes(), HasSubstr(row.notes)) << row.name;
    EXPECT_EQ(provider.pulled_later(), !row.feed) << row.name;
  }
}

TEST_F(Providers, NeedAnAdministratorWhereAdministratorsAreToldSo) {
  const std::map<std::string, std::string> where = {
      {"outlook", "Entra admin consent"},
      {"dynamics-365", "Entra admin consent"},
      {"onedrive", "Entra admin consent"},
      {"sharepoint", "Entra admin consent"},
      {"google-workspace", "Google Workspace approval"},
      {"google-drive", "Google Workspace approval"},
      {"confluence", "Atlassian approval"},
      {"salesforce", "The user's Salesforce administrator"},
      {"bluebeam", "The Bluebeam org administrator"},
  };
  for (const auto& one : catalog_) {
    const std::string& name = one.description.name();
    ASSERT_EQ(one.profile.approval.has_value(), where.contains(name)) << name;
    if (!one.profile.approval) continue;
    EXPECT_EQ(one.profile.approval->where, where.at(name));
    EXPECT_GE(one.profile.approval->steps.size(), 3u) << name;
    EXPECT_FALSE(one.profile.approval->limit_users.empty()) << name;
    EXPECT_FALSE(one.profile.approval->signs.empty()) << name;
  }
}

TEST_F(Providers, NameTheStepsOfMicrosoftEntra) {
  for (const char* name : {"outlook", "dynamics-365", "onedrive", "sharepoint"}) {
    const auto& approval = *entry(name).profile.approval;
    EXPECT_THAT(approval.roles, Contains(HasSubstr("Cloud Application Administrator"))) << name;
    EXPECT_THAT(approval.roles, Contains(HasSubstr("Privileged Role Administrator"))) << name;
    EXPECT_THAT(approval.steps, Contains(HasSubstr("Entra ID > Enterprise apps > All applications"))) << name;
    EXPECT_THAT(approval.steps, Contains(HasSubstr("ask one user to begin"))) << name;
    EXPECT_THAT(approval.steps, Contains(HasSubstr("Permissions under Security"))) << name;
    EXPECT_THAT(approval.limit_users, Contains(HasSubstr("Assignment required?"))) << name;
    EXPECT_THAT(approval.limit_users, Contains(HasSubstr("Users and groups"))) << name;
    const auto values = credentials::template_values(entry(name).profile, method(name, "oauth2"),
                                                     {{"tenant", "contoso.com"}, {"cloud", "us-gov"}}, {});
    auto with_client = values;
    with_client["client_id"] = "1234";
    EXPECT_EQ(*credentials::fill_in(approval.direct_url, with_client, true),
              "https://login.microsoftonline.us/contoso.com/adminconsent?client_id=1234");
  }
}

TEST_F(Providers, HaveThePlacesToReviewThatPeopleAreTold) {
  const std::pair<const char*, const char*> places[] = {
      {"onedrive", "myapps.microsoft.com > Manage your applications"},
      {"google-drive", "myaccount.google.com/permissions"},
      {"confluence", "id.atlassian.com > Connected apps"},
      {"salesforce", "Setup > Connected Apps OAuth Usage"},
      {"salesforce", "Personal Information > Connections"},
      {"slack", "Workspace Settings & administration > Manage apps"},
      {"notion", "Settings & Members > Connections"},
      {"hubspot", "Settings > Integrations > Connected apps"},
      {"hubspot-forms", "Settings > Integrations > Connected apps"},
      {"github", "Settings > Applications > Authorized OAuth Apps / Personal access tokens"},
      {"bluebeam", "Bluebeam Studio account settings"},
  };
  for (const auto& [name, where] : places) {
    const auto& of_it = entry(name).profile.review_places;
    EXPECT_TRUE(std::ranges::any_of(of_it, [&](const auto& place) { return place.where == where; }))
        << name << " " << where;
  }
}

TEST_F(Providers, NeedTheHostsThatNetworksAreTold) {
  const std::pair<const char*, std::vector<std::string>> hosts[] = {
      {"onedrive", {"*.microsoft.com", "*.microsoftonline.com", "graph.microsoft.com"}},
      {"google-drive", {"*.googleapis.com", "accounts.google.com"}},
      {"google-workspace", {"*.googleapis.com", "accounts.google.com"}},
      {"confluence", {"*.atlassian.com", "*.atlassian.net"}},
      {"salesforce", {"*.salesforce.com", "*.my.salesforce.com", "*.force.com"}},
      {"slack", {"*.slack.com"}},
      {"notion", {"*.notion.com", "api.notion.com"}},
      {"hubspot-forms", {"*.hubapi.com", "*.hubspot.com"}},
      {"github", {"api.github.com"}},
      {"bluebeam", {"*.bluebeam.com", "studioapi.bluebeam.com"}},
      {"azure-blob", {"*.blob.core.windows.net"}},
  };
  for (const auto& [name, expected] : hosts) {
    const auto& listed = entry(name).description.egress_hosts();
    EXPECT_THAT(std::vector<std::string>(listed.begin(), listed.end()), IsSupersetOf(expected)) << name;
  }
}

TEST_F(Providers, LetPeopleChooseWhereDataIsRead) {
  const auto& region = method("bluebeam", "oauth2").fields.at(0);
  EXPECT_THAT(region.choices, ::testing::UnorderedElementsAre("us", "eu", "au", "uk", "se"));
  for (const char* name : {"bluebeam", "salesforce", "azure-blob"})
    EXPECT_FALSE(entry(name).description.data_residency().empty()) << name;
  EXPECT_EQ(method("salesforce", "oauth2").oauth->captured.at("instance_url"), "instance_url");
}

TEST_F(Providers, SayWhatEachScopeIsFor) {
  for (const auto& one : catalog_) {
    for (const auto& of_it : one.description.methods()) {
      std::set<std::string> seen;
      for (const auto& scope : of_it.scopes()) {
        EXPECT_THAT(scope.purpose(), Not(HasSubstr("  "))) << scope.scope();
        EXPECT_GE(scope.purpose().size(), 10u) << scope.scope();
        EXPECT_TRUE(seen.insert(scope.scope()).second) << one.description.name() << " " << scope.scope();
      }
    }
  }
}

TEST_F(Providers, AskForWhatKeepsThemConnectedWithEveryCapability) {
  std::set<std::string> capabilities, offline;
  for (const auto& scope : method("onedrive", "oauth2").scopes) {
    capabilities.insert(scope.capability);
    if (scope.scope == "offline_access") offline.insert(scope.capability);
  }
  EXPECT_EQ(capabilities, (std::set<std::string>{"files", "shared-files"}));
  EXPECT_EQ(offline, capabilities);
}

// A sign is found by the first that matches, so the shorter of two numbers must not come first.
TEST_F(Providers, TellSignsApart) {
  for (const auto& one : catalog_) {
    if (!one.profile.approval) continue;
    const auto& signs = one.profile.approval->signs;
    for (size_t i = 0; i < signs.size(); ++i) {
      for (size_t j = i + 1; j < signs.size(); ++j) {
        const bool error_covers = signs[i].error.empty() || signs[i].error == signs[j].error;
        EXPECT_FALSE(error_covers && signs[j].contains.find(signs[i].contains) != std::string::npos)
            << one.description.name() << ": " << signs[i].error << " " << signs[i].contains << " hides "
            << signs[j].error << " " << signs[j].contains;
      }
    }
  }
}

TEST_F(Providers, NameWhoActsOnTheErrorsOfMicrosoftEntra) {
  using Who = credentials::ApprovalSign::Who;
  const std::pair<const char*, Who> codes[] = {
      {"AADSTS65001", Who::kAdministrator}, {"AADSTS90094", Who::kAdministrator},
      {"AADSTS90095", Who::kAdministrator}, {"AADSTS50105", Who::kAdministrator},
      {"AADSTS53003", Who::kAdministrator}, {"AADSTS700082", Who::kPerson},
      {"AADSTS7000215", Who::kOperator},    {"AADSTS7000222", Who::kOperator},
      {"AADSTS50196", Who::kNobody},        {"AADSTS90033", Who::kNobody},
  };
  for (const auto& [code, who] : codes) {
    const auto& signs = entry("sharepoint").profile.approval->signs;
    const auto found = std::ranges::find_if(signs, [&](const auto& sign) {
      return !sign.contains.empty() && std::string(code).find(sign.contains) != std::string::npos;
    });
    ASSERT_NE(found, signs.end()) << code;
    EXPECT_EQ(found->contains, code);
    EXPECT_EQ(found->who, who) << code;
  }
}

struct Filled {
  const char *provider, *method, *text;
  std::map<std::string, std::string> parameters, properties;
  const char* expected;
};

TEST_F(Providers, LeadToTheAddressesOfCloudsRegionsAndServers) {
  const auto token_endpoint = [&](const std::string& provider) {
    return method(provider, "oauth2").oauth->token_endpoint;
  };
  const std::string graph = token_endpoint("onedrive"), salesforce = token_endpoint("salesforce"),
                    bluebeam = token_endpoint("bluebeam");
  const Filled cases[] = {
      {"onedrive",
       "oauth2",
       graph.c_str(),
       {},
       {},
       "https://login.microsoftonline.com/common/oauth2/v2.0/token"},
      {"onedrive",
       "oauth2",
       graph.c_str(),
       {{"cloud", "china"}, {"tenant", "a.cn"}},
       {},
       "https://login.partner.microsoftonline.cn/a.cn/oauth2/v2.0/token"},
      {"onedrive", "oauth2", nullptr, {{"cloud", "us-dod"}}, {}, "https://dod-graph.microsoft.us/v1.0"},
      {"salesforce",
       "oauth2",
       salesforce.c_str(),
       {{"environment", "sandbox"}},
       {},
       "https://test.salesforce.com/services/oauth2/token"},
      {"salesforce",
       "oauth2",
       salesforce.c_str(),
       {{"login_host", "acme.my.salesforce.com"}},
       {},
       "https://acme.my.salesforce.com/services/oauth2/token"},
      {"salesforce",
       "oauth2",
       nullptr,
       {},
       {{"instance_url", "https://acme.my.salesforce.com"}},
       "https://acme.my.salesforce.com"},
      {"bluebeam",
       "oauth2",
       bluebeam.c_str(),
       {{"region", "eu"}},
       {},
       "https://api.bluebeamstudio.de/oauth2/token"},
      {"azure-blob", "shared-key", nullptr, {{"account", "acme"}}, {}, "https://acme.blob.core.windows.net"},
      {"azure-blob",
       "sas",
       nullptr,
       {{"account", "acme"}, {"endpoint_suffix", "core.usgovcloudapi.net"}},
       {},
       "https://acme.blob.core.usgovcloudapi.net"},
      {"azure-blob",
       "shared-key",
       nullptr,
       {{"account", "devstoreaccount1"}, {"base_url", "http://127.0.0.1:10000/devstoreaccount1"}},
       {},
       "http://127.0.0.1:10000/devstoreaccount1"},
      {"github", "token", nullptr, {}, {}, "https://api.github.com"},
      {"confluence",
       "oauth2",
       nullptr,
       {},
       {{"cloud_id", "11223344-a1b2-3c4d-5e6f-778899aabbcc"}},
       "https://api.atlassian.com/ex/confluence/11223344-a1b2-3c4d-5e6f-778899aabbcc"},
      {"confluence", "basic", nullptr, {{"site", "acme"}}, {}, "https://acme.atlassian.net"},
      {"dynamics-365",
       "oauth2",
       nullptr,
       {{"organization", "contoso"}, {"environment_domain", "crm4.dynamics.com"}},
       {},
       "https://contoso.crm4.dynamics.com/api/data/v9.2"},
  };
  for (const auto& one : cases) {
    const auto& profile = entry(one.provider).profile;
    const auto values =
        template_values(profile, method(one.provider, one.method), one.parameters, one.properties);
    const auto filled = credentials::fill_in(one.text == nullptr ? profile.base_url : one.text, values, true);
    ASSERT_TRUE(filled) << filled.error().to_string();
    EXPECT_EQ(*filled, one.expected);
  }
}

} // namespace
} // namespace circuit::config
