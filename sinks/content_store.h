#pragma once
// Originals beside a file of changes, each under the SHA-256 of its bytes:
//
//   PATH.content/ab/cdef...   the hash in lower-case hexadecimal digits, the first two as a directory
//   PATH.content/*.partial    one that is being written; what a crash left is removed by open()
//
// An original that has its name is whole and durable: its bytes were synced under the other name, and each
// directory that names it was synced after. The same content again is written to the end (its hash is known
// only then) and kept once. Files have the permissions of PATH, directories those with the right to enter for
// who may read.
//
// Nothing here removes an original that is whole: documents of other feeds, of rotated files and of consumers
// may name it. docs/sinks.md says how to find those that no line names.
//
// Errors: those of file_error(). Blocks. A store may be used by one thread at a time, and one process: the
// lock of PATH is the caller's.

#include <bitset>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "circuit/feeds/v1/document.pb.h"
#include "ingest/runtime/digest.h"
#include "ingest/runtime/result.h"
#include "sinks/file_descriptor.h"

namespace circuit::sinks {

class ContentStore;

// One original on its way. Going away before finish() removes it. The store must outlive it.
class ContentWriter {
 public:
  ContentWriter(ContentStore& store, std::string partial_path, FileDescriptor file)
      : store_(store), partial_path_(std::move(partial_path)), file_(std::move(file)) {}
  ContentWriter(const ContentWriter&) = delete;
  ContentWriter& operator=(const ContentWriter&) = delete;
  ~ContentWriter();

  uint64_t size() const { return size_; }
  Result<void> write(std::string_view bytes);
  // What was written, for who wants to compare before keep(). Nothing is written afterwards.
  circuit::feeds::v1::RawContent close();
  // Makes it durable under its hash. After close(), once.
  Result<void> keep();

 private:
  ContentStore& store_;
  const std::string partial_path_;
  FileDescriptor file_;
  Sha256 hash_;
  uint64_t size_ = 0;
  std::string hex_; // once closed
  bool kept_ = false;
};

class ContentStore {
 public:
  // For the changes of the file `path`. Touches nothing.
  explicit ContentStore(const std::string& path) : path_(path), root_(path + ".content") {}

  // Removes what a crash left. Before the first begin().
  Result<void> open();
  Result<std::unique_ptr<ContentWriter>> begin();
  std::string path_of(const std::string& hex) const {
    return root_ + "/" + hex.substr(0, 2) + "/" + hex.substr(2);
  }

 private:
  friend class ContentWriter;
  Result<void> make_root();
  Result<void> make_directory_of(const std::string& hex);
  unsigned file_mode() const;

  const std::string path_;
  const std::string root_;
  bool has_root_ = false;          // made or found by this object, and durable
  std::bitset<256> has_directory_; // the same, by the first two digits
  uint64_t next_partial_ = 1;
};

} // namespace circuit::sinks
