#pragma once
// The file of the reference receiver: each change that is new becomes a line, and counts when sync() has
// returned.
//
// open() reads the end of the file back, so that a receiver that was killed still knows what it took last. A
// line that was cut short by a crash was never acknowledged, and is removed.
//
// Errors: those of file_error(); CONFLICT SINK_FILE_BUSY; INVALID RECEIVER_FILE_UNREADABLE (not a file of
// changes). One thread at a time; blocks.

#include <cstdint>
#include <memory>
#include <string>

#include "circuit/feeds/v1/document.pb.h"
#include "ingest/runtime/result.h"
#include "sinks/file_descriptor.h"
#include "sinks/recent_changes.h"

namespace circuit::sinks {

class ReceiverLog {
 public:
  static Result<std::unique_ptr<ReceiverLog>> open(const std::string& path, size_t remembered_documents,
                                                   uint64_t tail_bytes);

  // INVALID TIMESTAMP_OUT_OF_RANGE: JSON cannot express it.
  Result<RecentChanges::Verdict> take(const circuit::feeds::v1::Change& change);
  // Writes what was taken and makes it durable. After an error nothing since the last sync() was taken.
  Result<void> sync();

 private:
  ReceiverLog(std::string path, size_t remembered_documents, uint64_t tail_bytes)
      : path_(std::move(path)), tail_bytes_(tail_bytes), recent_(remembered_documents) {}
  Result<void> lock_file();
  Result<void> read_tail();
  Result<void> write_buffer();

  const std::string path_;
  const uint64_t tail_bytes_;
  FileDescriptor file_;
  uint64_t end_ = 0; // of what is durable
  std::string buffer_;
  RecentChanges recent_;
};

} // namespace circuit::sinks
