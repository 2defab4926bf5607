#pragma once
// Lines to something that cannot take them back: standard output, a pipe, a device.
//
// A line is written whole or the stream is at its end. A reader that stalls holds the writer, until
// interrupt(). Errors: those of file_error(), SINK_CLOSED when the reader is gone; CANCELLED
// SINK_INTERRUPTED.
//
// One thread at a time; interrupt() from any.

#include <string>

#include "sinks/file_descriptor.h"
#include "sinks/line_output.h"

namespace circuit::sinks {

class JsonlStream final : public LineOutput {
 public:
  // `path` "-" is standard output; anything else is opened for writing.
  explicit JsonlStream(std::string path);

  Result<void> recover(const std::string& position) override;
  Result<void> expect_in_place() override { return {}; }
  bool takes_back() const override { return false; }
  Result<void> append(std::string_view lines) override;
  Result<std::string> seal() override;
  void commit() override {}
  void rollback() override {}
  void interrupt() override;

 private:
  Result<void> wait_writable();

  const std::string path_;
  FileDescriptor output_;
  FileDescriptor interrupt_; // an eventfd, readable once interrupted
  bool is_file_ = false;     // standard output redirected to a file
};

} // namespace circuit::sinks
