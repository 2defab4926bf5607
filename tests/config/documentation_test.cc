#include "config/documentation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace circuit::config {
namespace {

std::string read_page(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(ProviderDocumentation, IsCommittedAsTheCatalogSaysIt) {
  const auto catalog = load_catalog();
  ASSERT_TRUE(catalog) << catalog.error().to_string();
  const std::filesystem::path folder = SOURCE_ROOT "/docs/providers";
  std::set<std::string> written;
  for (const auto& [name, text] : provider_documentation(*catalog)) {
    written.insert(name);
    EXPECT_EQ(read_page(folder / name), text)
        << "run `ninja provider_docs` after a change of config/providers";
  }
  for (const auto& file : std::filesystem::directory_iterator(folder))
    EXPECT_TRUE(written.contains(file.path().filename().string())) << file.path() << " is made from nothing";
}

TEST(ProviderDocumentation, NamesEachHostOnceWithAllWhoNeedIt) {
  const auto catalog = load_catalog();
  ASSERT_TRUE(catalog);
  const auto hosts = egress_by_host(*catalog);
  EXPECT_THAT(hosts.at("graph.microsoft.com"),
              ::testing::ElementsAre("dynamics-365", "onedrive", "outlook", "sharepoint"));
  EXPECT_THAT(hosts.at("*"), ::testing::ElementsAre("rss"));
}

} // namespace
} // namespace circuit::config
