#pragma once
// The originals of a receiver's streams, stored beside its file on a thread of their own, so that a large one
// holds up no batch.
//
// take() from any thread; `done` is called on the content thread: with progress for a piece that was
// consumed, and with the acknowledgement when the whole is durable or is refused. A piece without a beginning
// (of an original that was refused) is ignored.

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "circuit/feeds/v1/sink.pb.h"
#include "sinks/content_store.h"
#include "sinks/receiver.h"
#include "sinks/serial_thread.h"

namespace circuit::sinks {

class ReceiverContent {
 public:
  using Done = std::function<void(circuit::feeds::v1::DeliverResponse)>;
  using StreamNumber = uint64_t;

  // Originals go beside `file`, which is locked. Removes what a crash left; the errors of file_error().
  static Result<std::unique_ptr<ReceiverContent>> open(const std::string& file, ReceiverFaults faults);

  StreamNumber new_stream() { return next_stream_++; }
  void take(StreamNumber stream, circuit::feeds::v1::ContentChunk piece, Done done);
  // Forgets what the stream did not finish.
  void drop(StreamNumber stream);

 private:
  ReceiverContent(const std::string& file, ReceiverFaults faults) : store_(file), faults_(faults) {}
  using Key = std::pair<StreamNumber, int64_t>;
  Result<void> write(const Key& key, const circuit::feeds::v1::ContentChunk& piece);
  Result<void> finish(const Key& key, const circuit::feeds::v1::RawContent& expected);
  void take_now(const Key& key, const circuit::feeds::v1::ContentChunk& piece, const Done& done);

  ContentStore store_; // like what is being written, on the thread alone
  const ReceiverFaults faults_;
  std::atomic<StreamNumber> next_stream_{1};
  std::map<Key, std::unique_ptr<ContentWriter>> writing_;
  SerialThread thread_; // last: ends before what it works on
};

} // namespace circuit::sinks
