#pragma once
// The sinks in use, one object per address. A sink is recovered from its committed position before its first
// session, and closed when it has been without one for others to be opened. One whose storage is gone begins
// anew where no feed counts on what it held (sink_claims.h), and is refused with its own error, which names
// those that do, otherwise. On the engine's loop.

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "ingest/runtime/event.h"
#include "ingest/state/store.h"
#include "ingest/sync/sink.h"

namespace circuit::sync {

class SinkPool {
 public:
  using Make = std::function<Result<std::unique_ptr<Sink>>(const std::string& uri)>;

  // `default_sink`: of feeds that name none.
  SinkPool(state::StateStore& store, Make make, std::string default_sink);
  ~SinkPool();

  // Whether this can be the address of a sink; nothing is opened. What was made to find out is kept for who
  // asks next: thousands of feeds name one sink, and a gRPC sink brings a channel and threads.
  Result<void> check(const std::string& uri);
  Task<Result<std::unique_ptr<SinkSession>>> open(std::string uri, SessionRequest request);
  // What the sink says of its storage if nothing is left of what is committed there. Nothing is opened.
  Task<Result<std::optional<Error>>> what_is_gone(std::string uri);
  // Closes every sink; sessions must be gone.
  Task<void> close();

 private:
  struct Entry;
  class Use;
  class PooledSession;
  Result<std::unique_ptr<Sink>> make(const std::string& uri);
  // On behalf of `feed`.
  Task<Result<void>> make_ready(std::shared_ptr<Entry> entry, std::string feed);
  Task<Result<std::unique_ptr<SinkSession>>> open_session(std::shared_ptr<Entry> entry,
                                                          SessionRequest request);
  Task<Result<std::unique_ptr<Sink>>> recover(std::string uri, std::string feed);
  Task<Result<void>> begin_anew(Sink& sink, GoneStorage gone, std::string feed);
  Task<Result<std::string>> committed_position(std::string uri);
  Task<void> close_idle();

  state::StateStore& store_;
  Make make_;
  const std::string default_sink_;
  std::map<std::string, std::shared_ptr<Entry>> entries_;
  std::unique_ptr<Sink> checked_; // the last one that was made for check() and not yet used
  uint64_t uses_ = 0;
};

} // namespace circuit::sync
