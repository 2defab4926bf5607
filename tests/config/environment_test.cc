#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "config/loader.h"

namespace circuit::config {
namespace {

using ::testing::HasSubstr;

TEST(Environment, HasOneVariableForEachSetting) {
  EXPECT_EQ(find_setting("engine.batch_max_size")->environment_name(), "CIRCUIT_FEEDS_ENGINE_BATCH_MAX_SIZE");
  for (const auto& setting : settings()) {
    WorkerConfig config;
    const auto applied = apply_environment(config, {{setting.environment_name(), setting.get(config)}});
    EXPECT_TRUE(applied) << setting.key << ": " << applied.error().to_string();
  }
}

TEST(Environment, IsReadFromTheProcess) {
  ::setenv("CIRCUIT_FEEDS_LOG_LEVEL", "warning", 1);
  EXPECT_EQ(environment().at("CIRCUIT_FEEDS_LOG_LEVEL"), "warning");
  EXPECT_EQ(environment().count("PATH"), 0u);
  ::unsetenv("CIRCUIT_FEEDS_LOG_LEVEL");
}

TEST(Environment, ErrorsNameTheVariable) {
  WorkerConfig config;
  const auto wrong = apply_environment(config, {{"CIRCUIT_FEEDS_ENGINE_MAX_PARK", "15"}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().reason, "ENVIRONMENT_INVALID");
  EXPECT_THAT(wrong.error().message, HasSubstr("CIRCUIT_FEEDS_ENGINE_MAX_PARK"));
}

TEST(Environment, NearMissesAreErrorsAndOthersAreSomebodyElses) {
  WorkerConfig config;
  const auto typo = apply_environment(config, {{"CIRCUIT_FEEDS_LOG_LEVLE", "debug"}});
  ASSERT_FALSE(typo);
  EXPECT_THAT(typo.error().next_step, HasSubstr("CIRCUIT_FEEDS_LOG_LEVEL"));
  // What Kubernetes sets in every pod beside a service called circuit-feeds.
  EXPECT_TRUE(apply_environment(config, {{"CIRCUIT_FEEDS_SERVICE_HOST", "10.0.0.1"},
                                         {"CIRCUIT_FEEDS_PORT_50151_TCP", "tcp://10.0.0.1:50151"},
                                         {"CIRCUIT_FEEDS_SERVER", "127.0.0.1:50151"}}));
}

} // namespace
} // namespace circuit::config
