// The real worker, killed over and over in the middle of its work.

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <random>
#include <thread>

#include "tests/end_to_end/stage.h"

namespace circuit::end_to_end {
namespace {

std::vector<std::string> sync_arguments(const std::vector<std::string>& urls,
                                        std::vector<std::string> flags) {
  std::vector<std::string> out{"sync", "rss"};
  out.insert(out.end(), urls.begin(), urls.end());
  out.insert(out.end(), flags.begin(), flags.end());
  return out;
}

void pause(std::chrono::milliseconds time) { std::this_thread::sleep_for(time); }

TEST(Killed, AWorkerThatIsKilledInMidSyncEndsWithExactlyTheRightDocuments) {
  Stage stage;
  stage.start_simulator({"--feeds", "40", "--items", "40", "--latency-ms", "15"});
  stage.start_receiver();
  std::string worker = stage.start_worker();
  const auto urls = stage.urls();
  ASSERT_EQ(urls.size(), 40u);
  std::minstd_rand random(42);
  constexpr int kKills = 5;
  for (int i = 0; i < kKills; ++i) {
    auto sync = stage.start_cli(sync_arguments(urls, {"--server", worker}));
    pause(std::chrono::milliseconds(60 + random() % 300));
    stage.kill_worker();
    // The command would wait for its worker, which comes back elsewhere.
    sync->signal(SIGKILL);
    sync->finish();
    if (i == 1) stage.post("advance?changes=30");
    worker = stage.start_worker();
  }
  const Finished last = stage.cli(sync_arguments(urls, {"--server", worker}));
  EXPECT_EQ(last.code, 0) << last.err;
  const Folded folded = fold(stage.received());
  EXPECT_EQ(difference(folded, stage.get("truth")), "");

  // And it is at rest: nothing more comes, and nothing is fetched.
  const Finished again = stage.cli(sync_arguments(urls, {"--server", worker}));
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(fold(stage.received()).lines, folded.lines);
}

TEST(Killed, AFileHoldsEachChangeExactlyOnceHoweverOftenItsWriterIsKilled) {
  Stage stage;
  stage.start_simulator({"--feeds", "30", "--items", "40", "--latency-ms", "15"});
  const auto urls = stage.urls();
  const std::string file = stage.path("out.jsonl");
  const auto arguments = sync_arguments(
      urls, {"--data-dir", stage.path("own-data"), "--allow-private", "--sink", "jsonl:" + file});
  std::minstd_rand random(7);
  for (int i = 0; i < 5; ++i) {
    auto sync = stage.start_cli(arguments);
    pause(std::chrono::milliseconds(80 + random() % 250));
    sync->signal(SIGKILL);
    sync->finish();
  }
  const Finished last = stage.cli(arguments);
  EXPECT_EQ(last.code, 0) << last.err;
  const Folded folded = fold(file);
  EXPECT_EQ(difference(folded, stage.get("truth")), "");
  for (const auto& [version, times] : folded.deliveries) EXPECT_EQ(times, 1) << version;
}

TEST(Killed, SigtermLeavesACleanCheckpointAndTheNextStartFinishesTheSync) {
  Stage stage;
  stage.start_simulator({"--feeds", "40", "--items", "40", "--latency-ms", "30"});
  stage.start_receiver();
  std::string worker = stage.start_worker();
  const auto urls = stage.urls();
  auto sync = stage.start_cli(sync_arguments(urls, {"--server", worker}));
  pause(std::chrono::milliseconds(250));
  stage.worker().signal(SIGTERM);
  EXPECT_EQ(stage.worker().finish(std::chrono::seconds(20)).code, 143);
  sync->signal(SIGKILL);
  sync->finish();
  worker = stage.start_worker();
  const Finished last = stage.cli(sync_arguments(urls, {"--server", worker}));
  EXPECT_EQ(last.code, 0) << last.err;
  const Folded folded = fold(stage.received());
  EXPECT_EQ(difference(folded, stage.get("truth")), "");
  for (const auto& [version, times] : folded.deliveries) EXPECT_EQ(times, 1) << version;
}

TEST(Killed, AReceiverThatVanishesAndComesBackMissesNothing) {
  Stage stage;
  stage.start_simulator({"--feeds", "30", "--items", "40", "--latency-ms", "15"});
  stage.start_receiver();
  const std::string worker = stage.start_worker();
  const auto urls = stage.urls();
  auto sync = stage.start_cli(sync_arguments(urls, {"--server", worker}));
  pause(std::chrono::milliseconds(150));
  stage.receiver().signal(SIGKILL);
  stage.receiver().finish();
  pause(std::chrono::milliseconds(300));
  stage.start_receiver();
  sync->finish();
  const Finished last = stage.cli(sync_arguments(urls, {"--server", worker}));
  EXPECT_EQ(last.code, 0) << last.err;
  EXPECT_EQ(difference(fold(stage.received()), stage.get("truth")), "");
}

} // namespace
} // namespace circuit::end_to_end
