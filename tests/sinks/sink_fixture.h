#pragma once
// What tests of sinks speak: a loop to run coroutines on, changes, batches, and files in a folder of their
// own.

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "ingest/runtime/random.h"
#include "ingest/runtime/system_loop.h"
#include "ingest/sync/sink.h"

namespace circuit::sinks::testing {

// A coroutine that runs while the test does other things.
template <class T>
class Running {
 public:
  Running(SystemLoop& loop, Task<T> task) : loop_(loop) {
    boost::asio::co_spawn(
        loop.executor(), into(state_, std::move(task)),
        boost::asio::bind_cancellation_slot(state_->stop.slot(), [state = state_](std::exception_ptr error) {
          state->failure = error;
          state->done = true;
        }));
  }
  bool done() const { return state_->done; }
  // Lets the loop run for a while.
  bool done_within(std::chrono::milliseconds limit);
  void cancel() { state_->stop.emit(boost::asio::cancellation_type::all); }
  T get() {
    loop_.run_while([this] { return !state_->done; });
    if (state_->failure) std::rethrow_exception(state_->failure);
    return std::move(*state_->value);
  }

 private:
  struct State {
    std::optional<T> value;
    std::exception_ptr failure;
    bool done = false;
    boost::asio::cancellation_signal stop;
  };
  static Task<void> into(std::shared_ptr<State> state, Task<T> task) {
    state->value.emplace(co_await std::move(task));
  }

  SystemLoop& loop_;
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

// Runs a coroutine to its end on the loop.
template <class T>
T run(SystemLoop& loop, Task<T> task) {
  return Running<T>(loop, std::move(task)).get();
}

inline Task<bool> then_true(Task<void> task) {
  co_await std::move(task);
  co_return true;
}
inline void run(SystemLoop& loop, Task<void> task) { run(loop, then_true(std::move(task))); }

template <class T>
bool Running<T>::done_within(std::chrono::milliseconds limit) {
  run(loop_, loop_.clock().sleep_for(limit));
  return state_->done;
}

inline circuit::feeds::v1::Change upsert(const std::string& feed, const std::string& id, int64_t sequence = 1,
                                         const std::string& text = "hello") {
  circuit::feeds::v1::Change change;
  change.set_kind(circuit::feeds::v1::Change::UPSERT);
  change.set_feed("feeds/" + feed);
  change.set_external_id(id);
  change.set_epoch(1);
  change.set_sequence(sequence);
  auto& document = *change.mutable_document();
  document.set_feed("feeds/" + feed);
  document.set_external_id(id);
  document.set_text(text);
  document.set_version("v" + std::to_string(sequence));
  return change;
}

inline std::shared_ptr<sync::DeliverBatch> batch_of(const std::vector<circuit::feeds::v1::Change>& changes) {
  auto batch = std::make_shared<sync::DeliverBatch>();
  for (const auto& change : changes) {
    batch->changes.push_back(sync::to_outgoing(change));
    batch->bytes += batch->changes.back().wire.size();
  }
  return batch;
}

class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sinks-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void put(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

inline std::vector<std::string> lines(const std::string& path) {
  std::vector<std::string> all;
  std::istringstream text(content(path));
  for (std::string line; std::getline(text, line);) all.push_back(line);
  return all;
}

// The external ids on the lines of a file, in order.
inline std::vector<std::string> ids(const std::string& path) {
  std::vector<std::string> all;
  for (const auto& line : lines(path)) {
    const std::string key = "\"externalId\":\"";
    const auto at = line.find(key) + key.size();
    all.push_back(line.substr(at, line.find('"', at) - at));
  }
  return all;
}

} // namespace circuit::sinks::testing
