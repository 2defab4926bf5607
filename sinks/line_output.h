#pragma once
// Where a JSONL sink's lines go: a file that agrees with the store, or a stream that cannot take anything
// back.
//
// Calls come one after another from the sink's thread and may block; interrupt() from any thread.

#include <string>
#include <string_view>

#include "ingest/runtime/result.h"

namespace circuit::sinks {

class LineOutput {
 public:
  virtual ~LineOutput() = default;

  // Once, before all else, with the position last stored, or empty.
  virtual Result<void> recover(const std::string& position) = 0;
  // CORRUPT once what is written is not what readers find under the name any more. Between two windows.
  virtual Result<void> expect_in_place() = 0;
  // Whether what is appended and not committed can be taken back. If not, lines are best appended as they
  // come.
  virtual bool takes_back() const = 0;
  // Whole lines. After an error the caller rolls back.
  virtual Result<void> append(std::string_view lines) = 0;
  // Makes what was appended durable; returns the position to store with the checkpoint that forgets it.
  virtual Result<std::string> seal() = 0;
  // The position that seal() returned last is stored.
  virtual void commit() = 0;
  // Takes back what was appended since the last commit, as far as that is possible.
  virtual void rollback() = 0;
  // Ends a call that waits for a reader, and every later one, with CANCELLED.
  virtual void interrupt() = 0;
};

} // namespace circuit::sinks
