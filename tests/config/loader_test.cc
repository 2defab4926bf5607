#include "config/loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

namespace circuit::config {
namespace {

using ::testing::HasSubstr;

Result<WorkerConfig> read(const std::string& yaml) {
  WorkerConfig config;
  if (auto applied = apply_yaml(config, yaml, "worker.yaml"); !applied) return std::move(applied).error();
  return config;
}

TEST(ConfigurationFile, SetsWhatItNamesAndKeepsTheRest) {
  const auto config = read("engine:\n  batch_max_size: 2MiB\n  max_park: 1h\nhttp:\n  allow_private: true\n");
  ASSERT_TRUE(config) << config.error().to_string();
  EXPECT_EQ(config->engine.batch_max_bytes, 2ull << 20);
  EXPECT_EQ(config->engine.max_park, std::chrono::hours(1));
  EXPECT_TRUE(config->http.allow_private);
  EXPECT_EQ(config->engine.batch_max_changes, WorkerConfig().engine.batch_max_changes);
}

TEST(ConfigurationFile, MayBeEmptyOrAllComments) {
  EXPECT_TRUE(read(""));
  EXPECT_TRUE(read("# nothing\n"));
  EXPECT_TRUE(read("engine:\n  # all commented out\nlog:\n"));
}

struct BadFile {
  const char* yaml;
  const char* told; // part of the message
};

class BadConfigurationFile : public ::testing::TestWithParam<BadFile> {};

TEST_P(BadConfigurationFile, IsRefusedWithItsPlaceAndChangesNothing) {
  WorkerConfig config;
  const auto applied = apply_yaml(config, GetParam().yaml, "worker.yaml");
  ASSERT_FALSE(applied) << GetParam().yaml;
  EXPECT_EQ(applied.error().cls, ErrorClass::kInvalid);
  EXPECT_THAT(applied.error().to_string(), HasSubstr(GetParam().told));
  for (const auto& setting : settings())
    EXPECT_EQ(setting.get(config), setting.get(WorkerConfig())) << setting.key;
}

INSTANTIATE_TEST_SUITE_P(
    Tables, BadConfigurationFile,
    ::testing::Values(
        BadFile{
            "engine:\n  batch_max_sise: 1MiB\n",
            "worker.yaml:2:3: unknown setting engine.batch_max_sise. Did you mean engine.batch_max_size?"},
        BadFile{"engin:\n  batch_max_size: 1MiB\n",
                "worker.yaml:1:1: unknown section engin. Did you mean engine?"},
        BadFile{"engine:\n  batch_max_size: 12\n",
                "worker.yaml:2:19: engine.batch_max_size: '12' is no size"},
        BadFile{"engine:\n  batch_max_size: 1TiB\n",
                "1TiB is out of range. Use a value from 1KiB to 256MiB."},
        BadFile{"engine:\n  max_park: 15\n", "'15' is no duration"},
        BadFile{"engine:\n  heartbeat_interval: 1h\n", "1h is out of range. Use a value from 100ms to 10s."},
        BadFile{"engine:\n  max_running_syncs: many\n", "'many' is not a whole number"},
        BadFile{"engine:\n  max_running_syncs: 0\n", "0 is out of range. Use a value from 1 to 100000."},
        BadFile{"engine:\n  max_running_syncs: -1\n", "'-1' is not a whole number"},
        BadFile{"engine:\n  max_running_syncs: 99999999999999999999999\n", "is out of range"},
        BadFile{"engine:\n  max_removal_share: 1.5\n", "1.5 is out of range"},
        BadFile{"engine:\n  max_removal_share: nan\n", "nan is out of range"},
        BadFile{"http:\n  allow_private: yes\n", "'yes' is not true or false"},
        BadFile{"log:\n  level: inf\n", "Write one of debug, info, warning or error. Did you mean info?"},
        BadFile{"http:\n  proxy: \"a\\tb\"\n", "one line of text without control characters"},
        BadFile{"engine:\n  max_park: [1m]\n", "engine.max_park must be a single value"},
        BadFile{"engine:\n  max_park:\n", "engine.max_park must be a single value"},
        BadFile{"engine: 5\n", "worker.yaml:1:9: engine must be a map of settings"},
        BadFile{"- engine\n", "the file must be a map of sections"},
        BadFile{"engine:\n  max_park: 1m\n  max_park: 2m\n",
                "worker.yaml:3:3: engine.max_park is given twice"},
        BadFile{"log:\n  level: info\nlog:\n  level: error\n", "worker.yaml:3:1: log is given twice"},
        BadFile{"engine: [1m\n", "this is not YAML"}, BadFile{"engine: *nowhere\n", "this is not YAML"},
        BadFile{"engine:\n  ? [a, b]\n  : 1\n", "a setting's name must be plain text"}));

TEST(ConfigurationFile, TellsAllThatIsWrongAtOnce) {
  const auto config = read("engine:\n  max_park: 15\n  sweep_pge: 1\nlogs:\n  level: info\n");
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, HasSubstr("worker.yaml:2:13"));
  EXPECT_THAT(config.error().message, HasSubstr("worker.yaml:3:3"));
  EXPECT_THAT(config.error().message, HasSubstr("worker.yaml:4:1"));
  EXPECT_EQ(config.error().metadata.at("problems"), "3");
}

TEST(ConfigurationFile, NestedWithoutEndIsRefusedAndNothingElseHappens) {
  EXPECT_FALSE(read(std::string(200'000, '[')));
  EXPECT_FALSE(read("engine: " + std::string(100'000, '{')));
}

class ConfigurationOnDisk : public ::testing::Test {
 protected:
  void SetUp() override { path_ = ::testing::TempDir() + "config_" + std::to_string(::getpid()) + ".yaml"; }
  void TearDown() override { std::remove(path_.c_str()); }
  void write(const std::string& text) { std::ofstream(path_) << text; }
  std::string path_;
};

TEST_F(ConfigurationOnDisk, IsOverriddenByTheEnvironment) {
  write("log:\n  level: error\n  format: json\n");
  const auto config = load(path_, {{"CIRCUIT_FEEDS_LOG_LEVEL", "debug"}});
  ASSERT_TRUE(config) << config.error().to_string();
  EXPECT_EQ(config->log.level, "debug");
  EXPECT_EQ(config->log.format, "json");
}

TEST_F(ConfigurationOnDisk, ThatIsAbsentOrAFolderOrHugeIsUnreadable) {
  EXPECT_EQ(load("/nonexistent/worker.yaml", {}).error().reason, "CONFIG_UNREADABLE");
  EXPECT_EQ(load(::testing::TempDir(), {}).error().reason, "CONFIG_UNREADABLE");
  write(std::string((1 << 20) + 1, '#'));
  EXPECT_THAT(load(path_, {}).error().message, HasSubstr("larger than 1 MiB"));
}

TEST_F(ConfigurationOnDisk, WhoseSettingsContradictEachOtherIsRefused) {
  const std::pair<const char*, const char*> cases[] = {
      {"engine:\n  failure_backoff_min: 12h\n", "engine.failure_backoff_min is longer"},
      {"http:\n  retry_backoff_first: 1m\n", "http.retry_backoff_first is longer"},
      {"engine:\n  batch_max_size: 100MiB\n", "engine.batch_max_size is larger than engine.delivery_credit"},
      {"server:\n  tls_key_file: key.pem\n", "need each other"},
      {"server:\n  tls_client_ca_file: ca.pem\n", "TLS is off"},
      {"sinks:\n  grpc_key_file: key.pem\n", "need each other"},
      {"sinks:\n  grpc_ca_file: ca.pem\n", "sinks.grpc_tls is off"},
  };
  for (const auto& [yaml, told] : cases) {
    write(yaml);
    const auto config = load(path_, {});
    ASSERT_FALSE(config) << yaml;
    EXPECT_EQ(config.error().reason, "SETTINGS_CONFLICT");
    EXPECT_THAT(config.error().message, HasSubstr(told));
  }
}

} // namespace
} // namespace circuit::config
