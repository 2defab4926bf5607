#pragma once
// The composition root: builds the object graph of a worker and hands it down. The only place that knows
// every box.
//
// Belongs to the thread of its loop, which outlives it. The engine is built and not started: a command that
// only looks at what is stored need not run anything.

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "config/schema.h"
#include "ingest/api/control.h"
#include "ingest/credentials/keyring.h"
#include "ingest/runtime/system_loop.h"
#include "ingest/sync/engine.h"

namespace circuit::cli {

// The providers of the catalog that this program pulls from.
std::span<const std::string_view> implemented_providers();

struct WorkerOptions {
  config::WorkerConfig config;
  std::string base_url; // empty: requests go where they say
  // RocksDB's warnings; any thread.
  std::function<void(const std::string&)> store_warning;
  // No source: without a master key.
  credentials::KeySources keys;
};

class Worker {
 public:
  // Errors of the store (STORE_LOCKED and the like), of the transport (CA_FILE_UNREADABLE, PROXY_MALFORMED),
  // of the keys (MASTER_KEY_FILE_EXPOSED and the like), and BASE_URL_MALFORMED. Blocks while the store opens.
  static Result<std::unique_ptr<Worker>> open(WorkerOptions options, SystemLoop& loop,
                                              sync::EngineObserver& observer);
  ~Worker(); // stop() has returned, or start() was never called

  // Engine::start(), and before it: AUTH MASTER_KEY_MISSING where stored credentials are sealed by a master
  // key that was not given.
  Task<Result<void>> start();
  Task<void> stop();

  sync::Engine& engine();
  api::Control& control();
  // Where others can reach it; they are told when they find the data directory held.
  Result<void> set_address(const std::string& address);
  // Lets go of the data directory, in good order.
  Result<void> close();

 private:
  struct Parts;
  explicit Worker(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

} // namespace circuit::cli
