#pragma once
// The vocabulary of the vault's tests: a store in memory whose reads take time, connections, keys.

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "ingest/credentials/vault.h"
#include "ingest/state/layout.h"
#include "ingest/state/memory_store.h"
#include "ingest/state/records.h"
#include "tests/ingest/state/running.h"

namespace circuit::credentials::testing {

inline Credential credential(const std::string& token) {
  Credential made;
  made.secrets.emplace("access_token", Secret(token));
  made.secrets.emplace("refresh_token", Secret("refresh-" + token));
  made.attributes.emplace("token_type", "bearer");
  return made;
}

inline std::string token_of(const Result<Credential>& opened) {
  if (!opened) return opened.error().reason;
  return std::string(opened->find("access_token")->reveal());
}

inline Keyring keyring_of(const std::vector<const Secret*>& lines) {
  std::vector<Secret> copies;
  for (const Secret* line : lines) copies.push_back(line->copy());
  auto keyring = Keyring::of(std::move(copies));
  if (!keyring) throw std::runtime_error(keyring.error().to_string());
  return *std::move(keyring);
}

// A data directory, and the process that has it open with some keys.
class VaultWorld {
 public:
  VaultWorld() { start({&first_key}); }

  void start(const std::vector<const Secret*>& lines) {
    keyring = std::make_unique<Keyring>(lines.empty() ? Keyring::none() : keyring_of(lines));
    state::MemoryFaults faults;
    faults.read_latency_max = Duration(500);
    store = std::make_unique<state::MemoryStore>(disk, loop, random, faults);
    vault = std::make_unique<Vault>(*store, *keyring, random);
  }

  template <class T>
  T run(Task<T> task) {
    return state::testing::run(loop, std::move(task));
  }
  Result<void> store_credential(const std::string& connection, int64_t version, const std::string& token) {
    return run(store_task(vault.get(), store.get(), connection, version, token));
  }
  static Task<Result<void>> store_task(Vault* vault, state::StateStore* store, std::string connection,
                                       int64_t version, std::string token) {
    state::Batch batch;
    Credential stored = credential(token);
    auto sealing = vault->seal(connection, version, std::move(stored), batch);
    auto sealed = co_await std::move(sealing);
    if (!sealed) co_return sealed;
    auto commit = store->commit(std::move(batch));
    co_return co_await std::move(commit);
  }
  std::string read(const std::string& connection, int64_t version) {
    return token_of(run(vault->open(connection, version)));
  }
  std::string row(state::Table table, const std::string& connection) {
    return *run(store->get(table, state::connection_key(connection))).operator*();
  }
  void put_row(state::Table table, const std::string& connection, std::string bytes) {
    state::Batch batch;
    batch.put(table, state::connection_key(connection), std::move(bytes));
    ASSERT_TRUE(run(store->commit(std::move(batch))));
  }
  std::map<std::string, int64_t> counts() { return *run(vault->count_by_key()); }

  VirtualLoop loop;
  SeededRandom random{7};
  const Secret first_key = generate_key_line(random);
  const Secret second_key = generate_key_line(random);
  const std::string first_id = *key_id_of(first_key);
  const std::string second_id = *key_id_of(second_key);
  state::MemoryDisk disk;
  std::unique_ptr<Keyring> keyring;
  std::unique_ptr<state::MemoryStore> store;
  std::unique_ptr<Vault> vault;
};

} // namespace circuit::credentials::testing
