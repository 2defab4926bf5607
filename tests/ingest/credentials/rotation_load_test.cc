// A rotation of every connection's data key, with refreshes going on, on the real store. How many
// connections: CIRCUIT_VAULT_CONNECTIONS, 3,000 without it.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>

#include "ingest/credentials/key_rotation.h"
#include "ingest/state/rocksdb_store.h"
#include "tests/ingest/credentials/vault_world.h"
#include "tests/ingest/state/temporary_directory.h"

namespace circuit::credentials {
namespace {

using Seconds = std::chrono::duration<double>;

int64_t connection_count() {
  const char* wanted = std::getenv("CIRCUIT_VAULT_CONNECTIONS");
  return wanted == nullptr ? 3'000 : std::atoll(wanted);
}

std::string connection_name(int64_t number) { return "connections/c" + std::to_string(number); }

// What a connection's owner keeps of it: the version that was committed last.
using Versions = std::vector<int64_t>;

Task<Result<void>> fill_store(Vault* vault, state::StateStore* store, Versions* versions) {
  constexpr int64_t kPerCommit = 500;
  const auto count = static_cast<int64_t>(versions->size());
  for (int64_t first = 0; first < count; first += kPerCommit) {
    state::Batch batch;
    for (int64_t i = first; i < std::min(first + kPerCommit, count); ++i) {
      auto sealing = vault->seal(connection_name(i), 1, testing::credential("1"), batch);
      auto sealed = co_await std::move(sealing);
      if (!sealed) co_return sealed;
      (*versions)[static_cast<size_t>(i)] = 1;
    }
    auto commit = store->commit(std::move(batch));
    auto committed = co_await std::move(commit);
    if (!committed) co_return committed;
  }
  co_return Result<void>();
}

struct Refreshing {
  Vault* vault;
  state::StateStore* store;
  Versions* versions;
  bool stop = false;
  int64_t refreshes = 0;
  int64_t opened = 0;
};

// One of many: refreshes the connections of its share, one after another, in a random order.
Task<Result<void>> keep_refreshing(Refreshing* all, size_t share, size_t shares) {
  SeededRandom random(share + 1);
  const size_t mine = all->versions->size() / shares;
  while (!all->stop) {
    const size_t number = share * mine + random.below(mine);
    const std::string name = connection_name(static_cast<int64_t>(number));
    int64_t& version = (*all->versions)[number];
    auto opening = all->vault->open(name, version);
    auto before = co_await std::move(opening);
    if (!before) co_return std::move(before).error();
    ++all->opened;
    if (testing::token_of(before) != std::to_string(version))
      co_return make_error(ErrorClass::kInternal, "WRONG_TOKEN", name, "");
    state::Batch batch;
    auto sealing =
        all->vault->seal(name, version + 1, testing::credential(std::to_string(version + 1)), batch);
    auto sealed = co_await std::move(sealing);
    if (!sealed) co_return sealed;
    auto commit = all->store->commit(std::move(batch));
    auto committed = co_await std::move(commit);
    if (!committed) co_return committed;
    ++version;
    ++all->refreshes;
  }
  co_return Result<void>();
}

Task<Result<void>> rotate_to_the_end(KeyRotation* rotation, Loop* loop, Refreshing* refreshing) {
  auto started = co_await rotation->start();
  if (!started) co_return started;
  Result<void> outcome;
  for (bool running = true; running && outcome;) {
    co_await loop->clock().sleep_for(std::chrono::milliseconds(20));
    // Not list(): counting reads every row, which is not what is measured.
    running = rotation->is_running();
  }
  refreshing->stop = true;
  co_return outcome;
}

Task<Result<void>> open_all(Vault* vault, const Versions* versions) {
  for (size_t i = 0; i < versions->size(); ++i) {
    auto opening = vault->open(connection_name(static_cast<int64_t>(i)), (*versions)[i]);
    auto opened = co_await std::move(opening);
    if (!opened) co_return std::move(opened).error();
  }
  co_return Result<void>();
}

TEST(RotationUnderLoad, FailsNoOpenAndLeavesNothingUnderTheOldKey) {
  state::testing::TemporaryDirectory directory;
  SystemLoop loop;
  SystemRandom random;
  const Secret old_key = generate_key_line(random);
  const Secret new_key = generate_key_line(random);
  auto opened = state::RocksDbStore::open(directory.path());
  ASSERT_TRUE(opened) << opened.error().to_string();
  state::RocksDbStore& store = **opened;
  Versions versions(static_cast<size_t>(connection_count()));
  {
    const Keyring keyring = testing::keyring_of({&old_key});
    Vault vault(store, keyring, random);
    const auto filled = state::testing::run(loop, fill_store(&vault, &store, &versions));
    ASSERT_TRUE(filled) << filled.error().to_string();
  }

  const Keyring keyring = testing::keyring_of({&new_key, &old_key});
  Vault vault(store, keyring, random);
  std::vector<Error> warnings;
  KeyRotation rotation(vault, keyring, loop, [&](const Error& error) { warnings.push_back(error); },
                       {256, Duration(0)});
  Refreshing refreshing{&vault, &store, &versions};
  constexpr size_t kShares = 16;
  std::vector<Task<Result<void>>> tasks;
  tasks.push_back(rotate_to_the_end(&rotation, &loop, &refreshing));
  for (size_t i = 0; i < kShares; ++i) tasks.push_back(keep_refreshing(&refreshing, i, kShares));
  const auto began = std::chrono::steady_clock::now();
  for (const auto& outcome : state::testing::run_all(loop, std::move(tasks)))
    ASSERT_TRUE(outcome) << outcome.error().reason << ": " << outcome.error().message;
  const Seconds took = std::chrono::steady_clock::now() - began;
  EXPECT_TRUE(warnings.empty()) << warnings.front().to_string();
  EXPECT_GT(refreshing.refreshes, 0);

  const auto counts = state::testing::run(loop, vault.count_by_key());
  ASSERT_TRUE(counts);
  EXPECT_EQ(*counts, (std::map<std::string, int64_t>{{keyring.primary_id(), connection_count()}}));
  // The old key is not needed any more.
  const Keyring alone = testing::keyring_of({&new_key});
  Vault after(store, alone, random);
  const auto all = state::testing::run(loop, open_all(&after, &versions));
  EXPECT_TRUE(all) << all.error().reason << ": " << all.error().message;
  std::printf(
      "rotated %lld connections in %.2f s: %.0f/s; %lld refreshes and %lld opens beside it, none failed\n",
      static_cast<long long>(connection_count()), took.count(),
      static_cast<double>(connection_count()) / took.count(), static_cast<long long>(refreshing.refreshes),
      static_cast<long long>(refreshing.opened));
  bool stopped = false;
  const auto stop = [](KeyRotation* what, bool* done) -> Task<Result<void>> {
    co_await what->stop();
    *done = true;
    co_return Result<void>();
  };
  ASSERT_TRUE(state::testing::run(loop, stop(&rotation, &stopped)));
  EXPECT_TRUE(stopped);
}

} // namespace
} // namespace circuit::credentials
