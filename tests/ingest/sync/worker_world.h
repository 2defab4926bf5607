#pragma once
// A whole worker in virtual time: engine, store with a disk that survives crashes, and a receiver. Which
// providers it has and how their requests travel is the deriving world's business.

#include <memory>
#include <string>
#include <vector>

#include "ingest/runtime/virtual_loop.h"
#include "ingest/state/memory_store.h"
#include "ingest/sync/engine.h"
#include "tests/ingest/sync/receiver.h"
#include "tests/ingest/sync/run_on.h"

namespace circuit::sync::testing {

class WorkerWorld {
 public:
  explicit WorkerWorld(EngineOptions options, uint64_t seed = 7);
  virtual ~WorkerWorld(); // deriving worlds call shut_down() in theirs

  static EngineOptions default_options();

  VirtualLoop& loop() { return loop_; }
  Engine& engine() { return *engine_; }
  state::StateStore& store();
  Receiver& receiver() { return receiver_; }
  state::MemoryFaults& store_faults() { return memory_->faults(); }

  // Runs one sync of the feed to its end.
  v1::Sync sync(const v1::Feed& feed, v1::SyncMode mode = v1::INCREMENTAL);
  Result<v1::Sync> start(const v1::Feed& feed, v1::SyncMode mode = v1::INCREMENTAL,
                         const std::string& request_id = "");
  v1::Sync wait_for_end(const std::string& sync);
  // The feed as it is to be, in the fields that the paths name.
  Result<v1::Feed> update(const v1::Feed& feed, const std::vector<std::string>& paths);
  // Stores a connection as whoever keeps the credentials would.
  void put_connection(const v1::Connection& connection);
  void forget_connection(const std::string& name);
  v1::Feed get_feed(const std::string& name);
  void run_for(Duration duration);

  // Power is lost: what is not durable is gone. Then the worker starts again.
  void crash();
  void restart();
  void shut_down();

  // Runs a request of the engine to its end.
  template <class T>
  Result<T> ask(Task<Result<T>> request) {
    return run_on(loop_, std::move(request));
  }

  std::vector<Error> warnings;

 protected:
  // Called at each boot.
  virtual std::vector<const Provider*> providers() = 0;
  virtual std::unique_ptr<http::HttpTransport> make_http(Random& random) = 0;
  // The deriving constructor calls it last.
  void boot();

 private:
  class CrashableStore;
  class Observer;

  EngineOptions options_;
  VirtualLoop loop_;
  SeededRandom random_;
  Receiver receiver_;
  state::MemoryDisk disk_;
  bool power_ = true; // cleared by a crash: nothing that still runs has an effect
  std::unique_ptr<state::MemoryStore> memory_;
  std::unique_ptr<CrashableStore> store_;
  std::unique_ptr<http::HttpTransport> http_;
  std::unique_ptr<Observer> observer_;
  std::unique_ptr<Engine> engine_;
};

} // namespace circuit::sync::testing
