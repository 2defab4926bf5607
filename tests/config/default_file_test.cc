// The annotated file and the documentation say what the program does.

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "config/loader.h"

namespace circuit::config {
namespace {

std::string read_source(const std::string& path) {
  std::ifstream file(std::string(SOURCE_ROOT "/") + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// A configuration in which no setting has its default.
WorkerConfig everything_else() {
  WorkerConfig config;
  for (const auto& setting : settings()) {
    const std::string before = setting.get(config);
    for (const char* other : {"true", "false", "1", "2", "0.5", "1s", "2s", "1m", "2m", "1h", "2h", "1MiB",
                              "2MiB", "debug", "json", "other"}) {
      if (other == before) continue;
      if (setting.set(config, other)) break;
    }
    EXPECT_NE(setting.get(config), before) << setting.key;
  }
  return config;
}

TEST(DefaultFile, NamesEverySettingWithItsDefault) {
  WorkerConfig config = everything_else();
  const auto applied = apply_yaml(config, read_source("config/default.yaml"), "default.yaml");
  ASSERT_TRUE(applied) << applied.error().to_string();
  for (const auto& setting : settings())
    EXPECT_EQ(setting.get(config), setting.get(WorkerConfig())) << setting.key;
}

TEST(DefaultFile, AndTheDefaultsPassTheirOwnChecks) { EXPECT_TRUE(check_consistency(WorkerConfig())); }

TEST(ConfigurationPage, HasARowForEverySettingWithItsDefaultAndBounds) {
  const std::string page = read_source("docs/configuration.md");
  for (const auto& setting : settings()) {
    const std::string value = setting.get(WorkerConfig());
    const std::string row = "| `" + setting.key + "` | " + (value.empty() ? "" : "`" + value + "`") + " | " +
                            setting.allowed + " |";
    EXPECT_NE(page.find(row), std::string::npos) << "missing in docs/configuration.md:\n" << row;
  }
}

} // namespace
} // namespace circuit::config
