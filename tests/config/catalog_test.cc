#include "config/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace circuit::config {
namespace {

using ::testing::HasSubstr;

TEST(Catalog, IsBuiltIn) {
  const auto entries = load_catalog();
  ASSERT_TRUE(entries) << entries.error().to_string();
  ASSERT_EQ(entries->size(), 1u);
  const auto& rss = entries->front();
  EXPECT_EQ(rss.description.name(), "rss");
  EXPECT_EQ(rss.description.authorization(), "none");
  ASSERT_EQ(rss.description.egress_hosts_size(), 1);
  EXPECT_EQ(rss.description.egress_hosts(0), "*");
  EXPECT_TRUE(rss.description.available());
  ASSERT_GE(rss.description.selection_fields_size(), 1);
  EXPECT_EQ(rss.description.selection_fields(0).name(), "url");
  EXPECT_TRUE(rss.description.selection_fields(0).required());
  EXPECT_GT(rss.limits.requests_per_second, 0);
  EXPECT_GT(rss.poll_interval, Duration(0));
}

std::string rss_file() {
  std::ifstream file(SOURCE_ROOT "/config/providers/rss.yaml");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Catalog, RefusesEntriesThatDoNotFollowTheSchema) {
  const std::string good = rss_file();
  ASSERT_TRUE(parse_catalog_entry(good, "rss.yaml"));
  const std::pair<std::string, const char*> cases[] = {
      {replaced(good, "display_name:", "displayname:"),
       "unknown key displayname. Did you mean display_name?"},
      {replaced(good, "writes: nothing\n", ""), "the file lacks writes"},
      {replaced(good, "method: none", "method: oauth"), "method: 'oauth' is not one of"},
      {replaced(good, "burst: 250", "burst: 0"), "burst: 0 is out of range"},
      {replaced(good, "poll_interval: 30m", "poll_interval: 1ms"), "poll_interval: 1ms is out of range"},
      {replaced(good, "egress_hosts: [\"*\"]", "egress_hosts: []"), "egress_hosts must be a list"},
      {replaced(good, "writes: nothing", "writes: nothing\nwrites: all"), "writes is given twice"},
      {"[", "not YAML"},
      {"", "the file must be a map"},
  };
  for (const auto& [yaml, told] : cases) {
    const auto entry = parse_catalog_entry(yaml, "rss.yaml");
    ASSERT_FALSE(entry) << told;
    EXPECT_EQ(entry.error().reason, "CATALOG_INVALID");
    EXPECT_THAT(entry.error().message, HasSubstr(told));
  }
}

} // namespace
} // namespace circuit::config
