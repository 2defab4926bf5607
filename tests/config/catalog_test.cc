#include "config/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/catalog_file.h"
#include "config/packed_entry.h"

namespace circuit::config {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

std::string file_of(const std::string& provider) {
  std::ifstream file(SOURCE_ROOT "/config/providers/" + provider + ".yaml");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Catalog, IsBuiltInAndSaysWhatIsImplemented) {
  const std::string_view implemented[] = {"rss"};
  const auto entries = load_catalog(implemented);
  ASSERT_TRUE(entries) << entries.error().to_string();
  EXPECT_EQ(entries->size(), 16u);
  const auto* rss = find_entry(*entries, "rss");
  ASSERT_NE(rss, nullptr);
  EXPECT_EQ(rss->description.authorization(), "none");
  EXPECT_TRUE(rss->description.available());
  EXPECT_EQ(rss->description.egress_hosts(0), "*");
  ASSERT_GE(rss->description.selection_fields_size(), 1);
  EXPECT_EQ(rss->description.selection_fields(0).name(), "url");
  EXPECT_TRUE(rss->description.selection_fields(0).required());
  EXPECT_FALSE(find_entry(*entries, "slack")->description.available());
  EXPECT_EQ(find_entry(*entries, "gopher"), nullptr);
}

TEST(Catalog, IsBuiltInAsItsFilesSayAllOfThem) {
  const auto entries = load_catalog();
  ASSERT_TRUE(entries) << entries.error().to_string();
  size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(SOURCE_ROOT "/config/providers")) {
    const std::string name = file.path().stem().string();
    const auto parsed = parse_catalog_entry(file_of(name), name);
    ASSERT_TRUE(parsed) << parsed.error().to_string();
    const auto* built_in = find_entry(*entries, name);
    ASSERT_NE(built_in, nullptr) << name;
    EXPECT_EQ(pack(*built_in), pack(*parsed)) << name;
    ++files;
  }
  EXPECT_EQ(files, entries->size());
}

TEST(Catalog, IsNotUnpackedFromWhatWasCutShortOrHasMore) {
  const std::string packed(built_in_entries().front());
  ASSERT_TRUE(unpack(packed));
  for (size_t size = 0; size < packed.size(); ++size) EXPECT_FALSE(unpack(packed.substr(0, size))) << size;
  EXPECT_FALSE(unpack(packed + "x"));
}

TEST(Catalog, SaysHowSlacksTokenAnswersDifferFromOthers) {
  const auto entries = load_catalog();
  ASSERT_TRUE(entries.ok());
  const auto* method = find_entry(*entries, "slack")->profile.find_method("oauth2");
  ASSERT_NE(method, nullptr);
  EXPECT_EQ(method->oauth->token_type, "bot");
  EXPECT_EQ(method->oauth->success_field, "ok");
}

TEST(Catalog, KnowsNoImplementationThatIsNotDeclaredAsPulled) {
  for (const std::string_view name : {"gopher", "slack"}) {
    const std::string_view implemented[] = {name};
    const auto entries = load_catalog(implemented);
    ASSERT_FALSE(entries) << name;
    EXPECT_EQ(entries.error().reason, "CATALOG_INVALID");
  }
}

struct Refusal {
  const char* provider;
  const char* from;
  const char* to;
  const char* told;
};

TEST(Catalog, RefusesEntriesThatDoNotFollowTheSchema) {
  const Refusal refusals[] = {
      {"rss", "display_name:", "displayname:", "unknown key displayname. Did you mean display_name?"},
      {"rss", "writes: None\n", "", "the file lacks writes"},
      {"rss", "writes: None", "writes: None\nwrites: all", "writes is given twice"},
      {"rss", "pulled: now", "pulled: soon", "pulled: 'soon' is not one of"},
      {"rss", "methods: []", "methods: {}", "methods must be a list"},
      {"rss", "methods: []\n", "", "the file lacks methods"},
      {"rss", "burst: 250", "burst: 0", "burst: 0 is out of range"},
      {"rss", "poll_interval: 30m", "poll_interval: 1ms", "poll_interval: 1ms is out of range"},
      {"rss", "egress_hosts: [\"*\"]", "egress_hosts: []", "egress_hosts must be a list"},
      {"rss", "egress_hosts: [\"*\"]", "egress_hosts: [\"https://a.example\"]", "is no host"},
      {"rss", "egress_hosts: [\"*\"]", "egress_hosts: [a.example, a.example]", "a.example is given twice"},
      {"rss", "required: true", "required: maybe", "required: 'maybe' is not true or false"},
      {"github", "apply: bearer", "apply: bear", "apply: 'bear' is not one of"},
      {"github", "apply: bearer", "apply: basic", "username_parameter is none of its parameters"},
      {"github", "apply: bearer", "apply: bearer\n    username_parameter: base_url",
       "username_parameter is for"},
      {"github", "- name: base_url", "- name: Base-URL", "name must be of a-z, 0-9 and _"},
      {"github", "- name: web_url", "- name: base_url", "base_url is given twice"},
      {"github", "default: https://api.github.com", "default: api.github.com", "has not the form"},
      {"github", "default: https://api.github.com", "default: https://example.com", "not among egress_hosts"},
      {"github", "default: https://api.github.com", "default: http://api.github.com", "no https address"},
      {"github", "base_url: \"{base_url}\"", "base_url: \"{bas_url}\"", "names {bas_url}, which not every"},
      {"github", "base_url: \"{base_url}\"\n", "", "the file lacks base_url"},
      {"github", "account: /login", "account: login", "account must be a JSON pointer"},
      {"github", "credential_hosts: [\"{base_url.host}\", \"{web_url.host}\"]\n", "",
       "lacks credential_hosts"},
      {"github", "pattern: \"https?://[^/?#@\\\\s]+\"", "pattern: \"[\"", "no regular expression"},
      {"github", "who: user", "who: nobody", "who: 'nobody' is not one of"},
      {"github", "purpose: to read discussions, ", "", "a scope lacks purpose"},
      {"confluence", "authorization_endpoint: https://auth.atlassian.com/authorize", "",
       "oauth2 lacks authorization_endpoint"},
      {"confluence", "token_endpoint: https://auth.atlassian.com", "token_endpoint: https://x.atlassian.com",
       "not among credential_hosts"},
      {"confluence", "rotates_refresh_token: true", "rotates_refresh_token: false",
       "reuse_leeway is for refresh tokens that rotate"},
      {"confluence", "revocation: {kind: none}", "revocation: {kind: rfc7009}", "revocation lacks endpoint"},
      {"confluence", "name: basic", "name: oauth2", "the method oauth2 is given twice"},
      {"confluence", "roles: [Organization admin, Site admin]", "roles: []", "roles must not be empty"},
      {"confluence", "- contains: admin must authorize this app\n      meaning", "- meaning",
       "a sign needs error or contains"},
      {"salesforce", "choices: [production, sandbox]", "choices: [production, sandbox, other]",
       "are not its variants"},
      {"salesforce", "sandbox: {login_host: test.salesforce.com}", "sandbox: {host: test.salesforce.com}",
       "has not the variables"},
      {"salesforce",
       "        pattern: "
       "\"[a-z0-9-]+(\\\\.sandbox|\\\\.develop|\\\\.scratch)?\\\\.my\\\\.salesforce\\\\.com\"\n",
       "", "neither choices nor a pattern"},
      {"azure-blob", "required: true\n        pattern", "required: true\n        default: x\n        pattern",
       "is required, so it needs no default"},
      {"google-drive", "kind: google-service-account", "kind: magic", "kind: 'magic' is not one of"},
      {"google-drive", "      audience: https://oauth2.googleapis.com/token\n", "",
       "assertion lacks audience"},
  };
  for (const auto& refusal : refusals) {
    const std::string name = std::string(refusal.provider) + ".yaml";
    const std::string good = file_of(refusal.provider);
    ASSERT_TRUE(parse_catalog_entry(good, name)) << name;
    const auto entry = parse_catalog_entry(replaced(good, refusal.from, refusal.to), name);
    ASSERT_FALSE(entry) << refusal.told;
    EXPECT_EQ(entry.error().reason, "CATALOG_INVALID");
    EXPECT_THAT(entry.error().message, HasSubstr(refusal.told)) << refusal.from;
    EXPECT_THAT(entry.error().message, MatchesRegex(name + ":[0-9]+:[0-9]+: .*"));
  }
}

TEST(Catalog, RefusesWhatIsNoMapOfYaml) {
  EXPECT_THAT(parse_catalog_entry("[", "x.yaml").error().message, HasSubstr("not YAML"));
  EXPECT_THAT(parse_catalog_entry("", "x.yaml").error().message, HasSubstr("the file must be a map"));
}

} // namespace
} // namespace circuit::config
