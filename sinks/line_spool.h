#pragma once
// Lines that wait for their turn on a file: in memory while they are few, then in a file without a name
// beside it, which the system removes with the last descriptor, whatever happens to the process.
//
// Errors: those of file_error(). One thread at a time; blocks.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ingest/runtime/result.h"
#include "sinks/file_descriptor.h"
#include "sinks/line_output.h"

namespace circuit::sinks {

class LineSpool {
 public:
  static constexpr size_t kMemoryBytes = 128 << 10;

  // `directory`: where the lines go in the end, so that there is room for them there.
  explicit LineSpool(std::string directory) : directory_(std::move(directory)) {}

  Result<void> add(std::string_view lines);
  // Appends all of it, in order; keeps it.
  Result<void> copy_to(LineOutput& output);
  void clear();

 private:
  Result<void> spill();

  const std::string directory_;
  std::string memory_;
  FileDescriptor file_;
  uint64_t spilled_ = 0; // bytes in the file, which come before those in memory
};

} // namespace circuit::sinks
