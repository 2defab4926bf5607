#include "config/applications.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "config/catalog.h"

namespace circuit::config {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class Applications : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "applications-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text, mode_t mode = 0600) {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path) << text;
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return path;
  }
  Error refused(const std::string& text) {
    auto loaded = load_applications(write("applications.yaml", text));
    EXPECT_FALSE(loaded) << text;
    return loaded ? Error{} : std::move(loaded).error();
  }

  std::string folder_;
};

TEST_F(Applications, AreReadWithTheirSecrets) {
  write("notion.secret", "from-a-file\n");
  const auto loaded = load_applications(write("applications.yaml", R"(
applications:
  google-drive: {client_id: g, client_secret: in-the-file}
  notion: {client_id: n, client_secret_file: notion.secret}
  github: {base_url: "http://127.0.0.1:8080/"}
)"));
  ASSERT_TRUE(loaded) << loaded.error().to_string();
  ASSERT_EQ(loaded->size(), 3u);
  EXPECT_EQ((*loaded)[0].client_secret.reveal(), "in-the-file");
  EXPECT_EQ((*loaded)[1].client_id, "n");
  EXPECT_EQ((*loaded)[1].client_secret.reveal(), "from-a-file");
  EXPECT_TRUE((*loaded)[2].client_secret.empty());
  EXPECT_EQ((*loaded)[2].overrides.base_url, "http://127.0.0.1:8080");
}

TEST_F(Applications, AreRefusedWhereTheFileIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"applications: {google-drve: {client_id: a}}", "Did you mean google-drive?"},
      {"applications: {github: {client_id: a, client_id: b}}", "client_id is given twice"},
      {"applications: {github: {clientid: a}}", "Did you mean client_id?"},
      {"applications: {github: {client_secret: s3cr3t-marker}}", "lacks client_id"},
      {"applications: {github: {client_id: a, client_secret: s3cr3t-marker, client_secret_file: b}}",
       "has both"},
      {"applications: {github: {client_id: a, client_secret: \"s3cr3t-marker\\n\"}}", "one line of text"},
      {"applications: {github: {client_id: a, client_secret: [s3cr3t-marker]}}", "one line of text"},
      {"applications:\n  github:\n    client_secret:s3cr3t-marker: a", "unknown key client_secret."},
      {"applications: {github: {token_endpoint: ftp://x}}", "must be an http or https address"},
      {"applications: {github: {token_endpoint: \"https://me:s3cr3t-marker@x.example\"}}",
       "http or https address"},
      {"applications: []", "applications must be a map"},
      {"", "the file must be a map"},
      {"[", "not YAML"},
  };
  for (const auto& [text, told] : cases) {
    const Error error = refused(text);
    EXPECT_EQ(error.reason, "APPLICATIONS_INVALID") << text;
    EXPECT_THAT(error.message, HasSubstr(told));
    EXPECT_THAT(error.to_string(), Not(HasSubstr("s3cr3t-marker")));
  }
}

TEST_F(Applications, AreRefusedWhereOthersCanReadThem) {
  const std::string text = "applications: {github: {client_id: a, client_secret_file: s}}";
  write("s", "x");
  EXPECT_TRUE(load_applications(write("a.yaml", text, 0640)));
  EXPECT_EQ(load_applications(write("a.yaml", text, 0644)).error().reason, "APPLICATIONS_EXPOSED");
  write("s", "x", 0602);
  EXPECT_EQ(load_applications(write("a.yaml", text)).error().reason, "APPLICATIONS_EXPOSED");
  EXPECT_EQ(load_applications(folder_ + "/absent").error().reason, "APPLICATIONS_MISSING");
  EXPECT_EQ(load_applications(folder_).error().reason, "APPLICATIONS_UNREADABLE");
}

TEST_F(Applications, ReplaceTheAddressesOfTheCatalog) {
  const auto catalog = load_catalog();
  ASSERT_TRUE(catalog);
  auto profile = find_entry(*catalog, "confluence")->profile;
  Overrides overrides;
  overrides.token_endpoint = "http://127.0.0.1:9000/token";
  overrides.revocation_endpoint = "http://127.0.0.1:9000/revoke";
  overrides.base_url = "http://127.0.0.1:9001";
  overrides.hosts = {"files.example.com"};
  apply_overrides(overrides, profile);
  const auto& method = *profile.find_method("oauth2");
  EXPECT_EQ(method.oauth->token_endpoint, "http://127.0.0.1:9000/token");
  EXPECT_EQ(method.oauth->authorization_endpoint, "https://auth.atlassian.com/authorize");
  EXPECT_EQ(method.oauth->revocation.kind, credentials::Revocation::Kind::kRfc7009);
  const auto& basic = *profile.find_method("basic");
  const auto values =
      credentials::template_values(profile, basic, {{"site", "acme"}, {"email", "a@b.example"}}, {});
  EXPECT_EQ(*credentials::fill_in(basic.account.url, values, true),
            "http://127.0.0.1:9001/wiki/rest/api/user/current");
  EXPECT_EQ(*credentials::fill_in(profile.base_url, values, true), "http://127.0.0.1:9001");
  EXPECT_THAT(profile.hosts, Contains("127.0.0.1"));
  EXPECT_THAT(profile.hosts, Contains("files.example.com"));
  EXPECT_THAT(profile.named_hosts, Contains("files.example.com")) << "the operator may name a private one";
}

} // namespace
} // namespace circuit::config
