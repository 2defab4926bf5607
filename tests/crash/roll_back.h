#pragma once
// Takes back what a dead process had not made durable, from the ledger that lost_writes.cc kept.
//
// Each file keeps what it held at its last sync and a part of what came after, in the order of the writes;
// the last write that stays may be cut short. Each directory keeps its entries as of its last sync and a part
// of the later changes, in their order. Files and directories are drawn apart from each other: nothing in one
// says anything of the other, which is more than most file systems do to a program.
//
// Afterwards ledger and kept files are gone: what is there now is durable. Throws std::runtime_error on a
// ledger that it cannot read and on files that it cannot change. Nobody may have the files open.

#include <filesystem>
#include <string>

#include "ingest/runtime/random.h"

namespace circuit::crash {

struct LedgerPaths {
  std::filesystem::path root;   // what is watched
  std::filesystem::path ledger; // a file, outside of root and on the same file system
  std::filesystem::path keep;   // a directory beside it

  // Makes the keep directory. For the environment of the process to be watched.
  static LedgerPaths beside(const std::filesystem::path& root);
};

enum class Loss { kNothing, kEverything, kDrawn };

struct RolledBack {
  int files = 0;      // that lost something
  uint64_t bytes = 0; // written, and lost; or overwritten, and back
  int entries = 0;    // of directories, taken back
  std::string to_string() const;
};

RolledBack roll_back(const LedgerPaths& paths, Loss loss, Random& random);

} // namespace circuit::crash
