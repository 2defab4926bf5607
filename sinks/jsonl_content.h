#pragma once
// The originals of a JSONL sink: read from their sources on the loop of whoever delivers them, written and
// made durable on a thread of their own, so that a large one holds up nobody's lines.
//
// Any loop may call; the object outlives its calls by itself (shared).

#include <memory>
#include <string>

#include "ingest/sync/sink.h"
#include "sinks/content_store.h"
#include "sinks/serial_thread.h"

namespace circuit::sinks {

class JsonlContent {
 public:
  explicit JsonlContent(const std::string& path) : store_(path) {}

  // Returns when it is durable. One piece is in memory at a time. Cancelling it, and every error, keeps
  // nothing.
  static Task<Result<circuit::feeds::v1::RawContent>> store(std::shared_ptr<JsonlContent> self,
                                                            sync::ContentSource& source);
  // Removes what a crash left. Blocks; before the first store(), from any thread.
  Result<void> open() { return store_.open(); }

 private:
  class Writing;

  ContentStore store_;  // on the thread alone, once open
  SerialThread thread_; // last: ends before what it works on
};

} // namespace circuit::sinks
