#pragma once
// One process at a time holds a data directory: the file `circuit-feeds.owner` in it is locked by whoever
// does, and says who that is. The lock goes with the process, however it ends; the text of a process that is
// gone means nothing.
//
// One thread at a time.

#include <filesystem>
#include <string>
#include <string_view>

#include "ingest/runtime/result.h"

namespace circuit::state {

inline constexpr const char* kOwnerFileName = "circuit-feeds.owner";

class OwnerFile {
 public:
  // Makes the file where it is missing. CONFLICT STORE_LOCKED, with what is known of the holder in the
  // message and in the metadata holder_pid and holder_address; otherwise an error of system_error().
  static Result<OwnerFile> lock(const std::filesystem::path& directory);

  OwnerFile(OwnerFile&& other) noexcept;
  OwnerFile& operator=(OwnerFile&& other) noexcept;
  ~OwnerFile(); // unlock()

  void unlock();

  // Where others can reach the holder; they are told when they try to open the directory themselves.
  Result<void> set_address(std::string_view address);

 private:
  OwnerFile(int descriptor, std::filesystem::path path);
  Result<void> write(const std::string& text);

  int descriptor_ = -1;
  std::filesystem::path path_;
};

// What a failed system call on `path` means: PERMISSION STORE_PERMISSION, EXHAUSTED DISK_FULL, INVALID
// STORE_NOT_A_DIRECTORY, else TRANSIENT STORE_IO. `doing` completes "cannot ...".
Error system_error(int code, const std::string& doing, const std::filesystem::path& path);

} // namespace circuit::state
