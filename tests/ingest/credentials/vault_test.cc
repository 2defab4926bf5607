#include "ingest/credentials/vault.h"

#include <gtest/gtest.h>

#include "tests/ingest/credentials/vault_world.h"

namespace circuit::credentials {
namespace {

using state::Batch;
using state::Table;
using testing::VaultWorld;

class VaultTest : public ::testing::Test, protected VaultWorld {};

TEST_F(VaultTest, OpensWhatItSealedAtExactlyItsVersion) {
  ASSERT_TRUE(store_credential("connections/a", 1, "one"));
  ASSERT_TRUE(store_credential("connections/a", 2, "two"));
  EXPECT_EQ(read("connections/a", 2), "two");
  EXPECT_EQ(read("connections/a", 3), "CREDENTIAL_ROLLED_BACK");
  EXPECT_EQ(read("connections/a", 1), "CREDENTIAL_CHANGED");
  EXPECT_EQ(read("connections/b", 1), "CREDENTIAL_MISSING");
  const auto opened = run(vault->open("connections/a", 2));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->find("refresh_token")->reveal(), "refresh-two");
  EXPECT_EQ(opened->attribute("token_type"), "bearer");
}

TEST_F(VaultTest, WritesNothingInTheClear) {
  ASSERT_TRUE(store_credential("connections/a", 1, "marker-5e1f"));
  for (size_t table = 0; table < state::kTableCount; ++table) {
    for (const auto& [key, value] : disk.rows(static_cast<Table>(table))) {
      for (const char* clear : {"marker-5e1f", "access_token", "bearer"})
        EXPECT_EQ(value.find(clear), std::string::npos) << state::table_name(static_cast<Table>(table));
    }
  }
}

TEST_F(VaultTest, SealsTheSameThingDifferentlyEachTime) {
  ASSERT_TRUE(store_credential("connections/a", 1, "same"));
  const std::string first = row(Table::kCredentials, "connections/a");
  ASSERT_TRUE(store_credential("connections/a", 1, "same"));
  EXPECT_NE(row(Table::kCredentials, "connections/a"), first);
}

TEST_F(VaultTest, KeepsADataKeyForManyVersionsAndThenMakesANewOne) {
  ASSERT_TRUE(store_credential("connections/a", 1, "one"));
  const std::string first = row(Table::kDataKeys, "connections/a");
  ASSERT_TRUE(store_credential("connections/a", 2, "two"));
  EXPECT_EQ(row(Table::kDataKeys, "connections/a"), first);
  ASSERT_TRUE(store_credential("connections/a", kVersionsPerDataKey, "renewed"));
  EXPECT_NE(row(Table::kDataKeys, "connections/a"), first);
  EXPECT_EQ(read("connections/a", kVersionsPerDataKey), "renewed");
  ASSERT_TRUE(store_credential("connections/a", kVersionsPerDataKey + 1, "after"));
  EXPECT_EQ(read("connections/a", kVersionsPerDataKey + 1), "after");
}

Task<Result<std::string>> seal_value_and_commit(Vault* vault, state::StateStore* store, std::string value) {
  Batch batch;
  Secret secret(value);
  auto sealing = vault->seal_value("connections/a", "verifier", std::move(secret), batch);
  auto sealed = co_await std::move(sealing);
  if (!sealed) co_return std::move(sealed).error();
  auto commit = store->commit(std::move(batch));
  auto committed = co_await std::move(commit);
  if (!committed) co_return std::move(committed).error();
  co_return sealed;
}

TEST_F(VaultTest, ManyWhoFindNoDataKeyMakeOneTogether) {
  std::vector<Task<Result<std::string>>> tasks;
  for (int i = 0; i < 50; ++i)
    tasks.push_back(seal_value_and_commit(vault.get(), store.get(), "value " + std::to_string(i)));
  const auto sealed = state::testing::run_all(loop, std::move(tasks));
  ASSERT_TRUE(store_credential("connections/a", 1, "token"));
  EXPECT_EQ(read("connections/a", 1), "token");
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(sealed[static_cast<size_t>(i)]);
    const auto opened = run(vault->open_value("connections/a", "verifier", *sealed[static_cast<size_t>(i)]));
    ASSERT_TRUE(opened) << opened.error().to_string();
    EXPECT_EQ(opened->reveal(), "value " + std::to_string(i));
  }
}

TEST_F(VaultTest, ADataKeyWhoseCommitFailedIsStoredByTheNextOne) {
  store->faults().disk_full = true;
  EXPECT_FALSE(store_credential("connections/a", 1, "lost"));
  store->faults().disk_full = false;
  ASSERT_TRUE(store_credential("connections/a", 1, "kept"));
  EXPECT_EQ(read("connections/a", 1), "kept");
}

TEST_F(VaultTest, ValuesAndCredentialsOfOneBatchShareTheirDataKey) {
  Batch batch;
  const auto sealed = run(vault->seal_value("connections/a", "verifier", Secret("v"), batch));
  ASSERT_TRUE(sealed);
  ASSERT_TRUE(run(vault->seal("connections/a", 1, testing::credential("token"), batch)));
  ASSERT_TRUE(run(store->commit(std::move(batch))));
  EXPECT_EQ(read("connections/a", 1), "token");
  const auto opened = run(vault->open_value("connections/a", "verifier", *sealed));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->reveal(), "v");
  // A value is for its purpose and its connection.
  EXPECT_FALSE(run(vault->open_value("connections/a", "other", *sealed)));
  ASSERT_TRUE(store_credential("connections/b", 1, "token"));
  EXPECT_FALSE(run(vault->open_value("connections/b", "verifier", *sealed)));
}

TEST_F(VaultTest, NothingOpensWhatWasDestroyed) {
  ASSERT_TRUE(store_credential("connections/a", 1, "one"));
  ASSERT_TRUE(store_credential("connections/b", 1, "other"));
  const std::string kept = row(Table::kCredentials, "connections/a");
  Batch batch;
  vault->destroy("connections/a", batch);
  ASSERT_TRUE(run(store->commit(std::move(batch))));
  ASSERT_TRUE(run(vault->erase()));
  EXPECT_EQ(read("connections/a", 1), "CREDENTIAL_MISSING");
  // Not even with its ciphertext, once a new data key is there.
  ASSERT_TRUE(store_credential("connections/a", 1, "two"));
  put_row(Table::kCredentials, "connections/a", kept);
  EXPECT_EQ(read("connections/a", 1), "CREDENTIAL_TAMPERED");
  EXPECT_EQ(read("connections/b", 1), "other");
}

TEST_F(VaultTest, KeepsARevocationApartFromItsConnection) {
  circuit::feeds::state::v1::RevocationRecord record;
  ASSERT_TRUE(vault->seal_apart(testing::credential("last"), "revocation-1", record));
  EXPECT_EQ(testing::token_of(vault->open_apart(record, "revocation-1")), "last");
  EXPECT_EQ(testing::token_of(vault->open_apart(record, "revocation-2")), "CREDENTIAL_TAMPERED");
  Batch batch;
  state::put_record(batch, state::revocation_key("revocation-1"), record);
  ASSERT_TRUE(run(store->commit(std::move(batch))));
  EXPECT_EQ(counts(), (std::map<std::string, int64_t>{{first_id, 1}}));
}

TEST_F(VaultTest, SealsNothingWithoutAMasterKeyAndSaysHowToMakeOne) {
  start({});
  EXPECT_TRUE(run(vault->check_keys())) << "nothing is stored, so nothing is missing";
  const auto refused = store_credential("connections/a", 1, "one");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().cls, ErrorClass::kAuth);
  EXPECT_EQ(refused.error().reason, "MASTER_KEY_MISSING");
  EXPECT_NE(refused.error().next_step.find("circuit-feeds keys generate"), std::string::npos);
  EXPECT_TRUE(disk.rows(Table::kCredentials).empty());
}

TEST_F(VaultTest, NamesTheMasterKeyThatIsMissing) {
  ASSERT_TRUE(store_credential("connections/a", 1, "one"));
  for (const auto& keys : {std::vector<const Secret*>{}, std::vector<const Secret*>{&second_key}}) {
    start(keys);
    const auto refused = run(vault->check_keys());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "MASTER_KEY_MISSING");
    EXPECT_EQ(refused.error().metadata.at("master_key_id"), first_id);
    EXPECT_EQ(refused.error().metadata.at("sealed"), "1");
    EXPECT_EQ(read("connections/a", 1), "MASTER_KEY_MISSING");
  }
  start({&second_key, &first_key});
  EXPECT_TRUE(run(vault->check_keys()));
  EXPECT_EQ(read("connections/a", 1), "one");
}

TEST_F(VaultTest, RotationSealsEveryDataKeyAgainPageByPage) {
  for (int i = 0; i < 25; ++i)
    ASSERT_TRUE(store_credential("connections/" + std::to_string(i), 1, "token " + std::to_string(i)));
  start({&second_key, &first_key});
  EXPECT_EQ(counts(), (std::map<std::string, int64_t>{{first_id, 25}}));
  const auto page = run(vault->rotate("", 10));
  ASSERT_TRUE(page);
  EXPECT_EQ(page->rotated, 10);
  EXPECT_EQ(counts(), (std::map<std::string, int64_t>{{first_id, 15}, {second_id, 10}}));
  // A restart goes on from what is stored.
  start({&second_key, &first_key});
  int64_t rotated = 0;
  for (std::string next, first = "go"; !first.empty(); first = next) {
    const auto more = run(vault->rotate(next, 10));
    ASSERT_TRUE(more);
    EXPECT_EQ(more->failed, 0);
    rotated += more->rotated;
    next = more->next;
  }
  EXPECT_EQ(rotated, 15);
  EXPECT_EQ(counts(), (std::map<std::string, int64_t>{{second_id, 25}}));
  start({&second_key});
  ASSERT_TRUE(run(vault->check_keys()));
  for (int i = 0; i < 25; ++i)
    EXPECT_EQ(read("connections/" + std::to_string(i), 1), "token " + std::to_string(i));
}

TEST_F(VaultTest, RotationGoesPastWhatItCannotOpenAndSaysSo) {
  for (const char* name : {"connections/a", "connections/b", "connections/c"})
    ASSERT_TRUE(store_credential(name, 1, name));
  std::string damaged = row(Table::kDataKeys, "connections/b");
  damaged.back() ^= 1;
  put_row(Table::kDataKeys, "connections/b", damaged);
  start({&second_key, &first_key});
  const auto page = run(vault->rotate("", 10));
  ASSERT_TRUE(page);
  EXPECT_EQ(page->rotated, 2);
  EXPECT_EQ(page->failed, 1);
  EXPECT_EQ(page->left, 1);
  ASSERT_EQ(page->failures.size(), 1U);
  EXPECT_EQ(page->failures[0].reason, "CREDENTIAL_TAMPERED");
  EXPECT_EQ(page->failures[0].metadata.at("connection"), "connections/b");
  EXPECT_EQ(row(Table::kDataKeys, "connections/b"), damaged) << "left as it is";
  EXPECT_EQ(read("connections/a", 1), "connections/a");
}

Task<Result<void>> rotate_all(Vault* vault, bool* stop) {
  while (!*stop) {
    std::string after;
    do {
      auto rotating = vault->rotate(after, 3);
      auto page = co_await std::move(rotating);
      if (!page) co_return std::move(page).error();
      after = page->next;
    } while (!after.empty());
  }
  co_return Result<void>();
}

// One connection's life, as its owner runs it: everything of it in order.
Task<Result<void>> live(Vault* vault, state::StateStore* store, std::string name, int* running, bool* stop) {
  Result<void> outcome;
  for (int life = 0; life < 40 && outcome; ++life) {
    // Versions that make new data keys, next to those that do not.
    for (int64_t version = kVersionsPerDataKey - 2; version < kVersionsPerDataKey + 2 && outcome; ++version) {
      const std::string token = name + std::to_string(life) + "." + std::to_string(version);
      auto storing = VaultWorld::store_task(vault, store, name, version, token);
      outcome = co_await std::move(storing);
      if (!outcome) break;
      auto opening = vault->open(name, version);
      auto opened = co_await std::move(opening);
      if (!opened) {
        outcome = std::move(opened).error();
      } else if (testing::token_of(opened) != token) {
        outcome = make_error(ErrorClass::kInternal, "WRONG_TOKEN", token, "");
      }
    }
    if (!outcome) break;
    Batch batch;
    vault->destroy(name, batch);
    auto commit = store->commit(std::move(batch));
    outcome = co_await std::move(commit);
    if (!outcome) break;
    auto looking = store->get(Table::kDataKeys, state::connection_key(name));
    auto left = co_await std::move(looking);
    if (left && *left) outcome = make_error(ErrorClass::kInternal, "CAME_BACK", name, "");
  }
  if (--*running == 0) *stop = true;
  co_return outcome;
}

TEST_F(VaultTest, RotationsOverwriteNoNewDataKeyAndBringNoneBack) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    random = SeededRandom(seed);
    disk = state::MemoryDisk();
    // Each start has the other key as primary, so that there always is something to rotate.
    start({&first_key});
    for (int i = 0; i < 8; ++i) ASSERT_TRUE(store_credential("connections/" + std::to_string(i), 1, "old"));
    start({&second_key, &first_key});
    bool stop = false;
    int running = 8;
    std::vector<Task<Result<void>>> tasks;
    tasks.push_back(rotate_all(vault.get(), &stop));
    tasks.push_back(rotate_all(vault.get(), &stop));
    for (int i = 0; i < 8; ++i)
      tasks.push_back(live(vault.get(), store.get(), "connections/" + std::to_string(i), &running, &stop));
    for (const auto& outcome : state::testing::run_all(loop, std::move(tasks)))
      ASSERT_TRUE(outcome) << "seed " << seed << ": " << outcome.error().reason << " "
                           << outcome.error().message;
    EXPECT_TRUE(disk.rows(Table::kDataKeys).empty());
  }
}

} // namespace
} // namespace circuit::credentials
