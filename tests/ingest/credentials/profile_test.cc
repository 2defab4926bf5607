#include "ingest/credentials/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace circuit::credentials {
namespace {

using ::testing::ElementsAre;

Field field_of(const std::string& name, const std::string& default_value = "",
               std::vector<std::string> choices = {}, const std::string& pattern = "") {
  Field field;
  field.name = name;
  field.default_value = default_value;
  field.choices = std::move(choices);
  field.pattern = pattern;
  return field;
}

Method method_of(const std::string& name) {
  Method method;
  method.name = name;
  return method;
}

TEST(FillIn, PutsValuesInTheirPlaces) {
  const TemplateValues values = {
      {"base_url", "https://a.example/x"}, {"tenant", "a b/../c?d#e"}, {"host", "a.example"}, {"empty", ""}};
  const std::pair<const char*, const char*> cases[] = {
      {"", ""},
      {"plain", "plain"},
      {"{base_url}/y", "https://a.example/x/y"},
      {"https://{host}/{tenant}", "https://a.example/a%20b%2F..%2Fc%3Fd%23e"},
      {"https://{base_url.host}/", "https://a.example/"},
      {"{empty}x", "x"},
      {"{\"json\": 1}", "{\"json\": 1}"},
      {"{}{host", "{}{host"},
      {"{{host}}", "{a.example}"},
  };
  for (const auto& [text, expected] : cases) {
    const auto filled = fill_in(text, values, true);
    ASSERT_TRUE(filled) << text;
    EXPECT_EQ(*filled, expected);
  }
  EXPECT_EQ(*fill_in("x {tenant}", values, false), "x a b/../c?d#e");
}

TEST(FillIn, NamesWhatIsMissing) {
  const auto missing = fill_in("https://{account}.example", {}, true);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().reason, "CONNECTION_PARAMETER_MISSING");
  EXPECT_EQ(missing.error().metadata.at("field"), "account");
  EXPECT_EQ(fill_in("{host.host}", {{"host", "no url"}}, true).error().reason,
            "CONNECTION_PARAMETER_INVALID");
}

TEST(TemplateNames, AreThoseOfTheTemplate) {
  EXPECT_THAT(template_names("{a}/{b.host}{\"x\"}{a}"), ElementsAre("a", "b", "a"));
}

TEST(TemplateValuesOf, TakeTheFirstThatHasTheName) {
  Profile profile;
  profile.variants["cloud"]["global"] = {{"login", "login.example"}, {"graph", "graph.example"}};
  profile.variants["cloud"]["gov"] = {{"login", "login.gov.example"}, {"graph", "graph.gov.example"}};
  profile.variables = {{"graph", "never"}, {"version", "v1"}};
  Method method;
  const Field cloud = field_of("cloud", "global", {"global", "gov"});
  const Field address = field_of("address", "https://{graph}/{version}");
  Field secret = field_of("token", "not for templates");
  secret.secret = true;
  method.fields = {address, cloud, secret};

  auto values = template_values(profile, method, {}, {});
  EXPECT_EQ(values.at("address"), "https://graph.example/v1");
  EXPECT_EQ(values.at("cloud"), "global");
  EXPECT_FALSE(values.contains("token"));
  values = template_values(profile, method, {{"cloud", "gov"}, {"version", ""}}, {{"login", "mine"}});
  EXPECT_EQ(values.at("address"), "https://graph.gov.example/v1");
  EXPECT_EQ(values.at("login"), "mine");
  values = template_values(profile, method, {{"address", "https://b.example"}}, {{"address", "no"}});
  EXPECT_EQ(values.at("address"), "https://b.example");
}

TEST(CheckValue, RefusesWhatTheFieldDoesNotAllow) {
  const Field account = field_of("account", "", {}, "[a-z0-9]{3,24}");
  const Field region = field_of("region", "", {"us", "eu"});
  EXPECT_TRUE(check_value(account, "acme"));
  EXPECT_TRUE(check_value(region, "eu"));
  for (const char* value : {"", "a.b", "acme\n", "evil.example/"})
    EXPECT_FALSE(check_value(account, value)) << value;
  EXPECT_FALSE(check_value(region, "EU"));
  const auto refused = check_value(field_of("any"), std::string(513, 'a'));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "CONNECTION_PARAMETER_INVALID");
  EXPECT_EQ(refused.error().metadata.at("field"), "any");
}

TEST(FindMethod, TakesTheFirstWhenNoneIsNamed) {
  Profile profile;
  EXPECT_EQ(profile.find_method(""), nullptr);
  profile.methods = {method_of("oauth2"), method_of("token")};
  EXPECT_EQ(profile.find_method("")->name, "oauth2");
  EXPECT_EQ(profile.find_method("token")->name, "token");
  EXPECT_EQ(profile.find_method("basic"), nullptr);
}

} // namespace
} // namespace circuit::credentials
