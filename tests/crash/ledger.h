#pragma once
// What a process did to the files under one directory and has not made durable, so that it can be undone
// after a crash. Written by lost_writes.cc inside the process, read by roll_back.h after it is dead.
//
// The ledger is a file of records, each appended before the operation that it tells of; so one that was cut
// short, or whose operation never happened, undoes nothing. It outlives the process because the kernel does.

#include <cstdint>

namespace circuit::crash {

inline constexpr const char* kRootVariable = "CIRCUIT_LOST_WRITES_ROOT";     // the directory; absolute
inline constexpr const char* kLedgerVariable = "CIRCUIT_LOST_WRITES_LEDGER"; // the ledger, outside of it
inline constexpr const char* kKeepVariable = "CIRCUIT_LOST_WRITES_KEEP"; // where removed files are linked to

enum class Kind : uint32_t {
  kWrite = 1,           // inode; was: size before; at, length. data: the bytes that were overwritten
  kTruncate = 2,        // inode; was: size before; at: size after. data: the bytes that were cut off
  kSynced = 3,          // inode; upto: records of it before this offset of the ledger are durable
  kDirectorySynced = 4, // inode of the directory; upto
  kCreate = 5,          // directory; path. Also of directories
  kRename = 6,          // directory; path, and where to as data; kept: number of what was replaced, or 0
  kUnlink = 7,          // directory; path; kept: the number under which it is linked in the keep directory
};

struct Record {
  uint64_t inode = 0; // of the file, or of the directory that an entry is in
  uint64_t was = 0;
  uint64_t at = 0;
  uint64_t length = 0;
  uint64_t upto = 0;
  uint64_t kept = 0;
  Kind kind{};
  uint32_t path_bytes = 0; // then the path
  uint64_t data_bytes = 0; // then the data
};

} // namespace circuit::crash
