#include "tests/crash/roll_back.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "tests/crash/ledger.h"

namespace circuit::crash {
namespace {

namespace fs = std::filesystem;

struct Operation {
  uint64_t offset; // in the ledger
  Record record;
  std::string path;
  std::string data;
};

[[noreturn]] void fail(const std::string& what, const std::string& path) {
  throw std::runtime_error("cannot " + what + " " + path + ": " + std::strerror(errno));
}

std::vector<Operation> read_ledger(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  const std::string bytes = text.str();
  std::vector<Operation> operations;
  for (size_t at = 0; at + sizeof(Record) <= bytes.size();) {
    Operation next{at, {}, {}, {}};
    std::memcpy(&next.record, bytes.data() + at, sizeof(Record));
    at += sizeof(Record);
    // Killed while it was written: the operation did not happen.
    if (bytes.size() - at < next.record.path_bytes + next.record.data_bytes) break;
    next.path = bytes.substr(at, next.record.path_bytes);
    at += next.record.path_bytes;
    next.data = bytes.substr(at, next.record.data_bytes);
    at += next.record.data_bytes;
    operations.push_back(std::move(next));
  }
  return operations;
}

uint64_t inode_of(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

// A path to each file that there is, under its own name or as kept.
std::map<uint64_t, fs::path> files_by_inode(const LedgerPaths& paths) {
  std::map<uint64_t, fs::path> files;
  for (const fs::path& folder : {paths.keep, paths.root}) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file()) files[inode_of(entry.path())] = entry.path();
    }
  }
  return files;
}

// The operations of each inode that no sync of it has covered, in order.
std::map<uint64_t, std::vector<const Operation*>> undecided(const std::vector<Operation>& operations,
                                                            Kind sync, const std::set<Kind>& kinds) {
  std::map<uint64_t, uint64_t> durable;
  for (const auto& operation : operations) {
    if (operation.record.kind != sync) continue;
    uint64_t& upto = durable[operation.record.inode];
    upto = std::max(upto, operation.record.upto);
  }
  std::map<uint64_t, std::vector<const Operation*>> out;
  for (const auto& operation : operations) {
    if (!kinds.contains(operation.record.kind)) continue;
    const auto upto = durable.find(operation.record.inode);
    if (upto != durable.end() && operation.offset < upto->second) continue;
    out[operation.record.inode].push_back(&operation);
  }
  return out;
}

// How many of them reached the disk.
size_t draw_kept(size_t count, Loss loss, Random& random) {
  if (loss == Loss::kNothing) return count;
  if (loss == Loss::kEverything || random.chance(0.3)) return 0;
  return random.below(count + 1);
}

class OpenFile {
 public:
  explicit OpenFile(const fs::path& path) : path_(path), fd_(::open(path.c_str(), O_RDWR | O_CLOEXEC)) {
    if (fd_ < 0) fail("open", path);
  }
  ~OpenFile() { ::close(fd_); }
  uint64_t size() const {
    struct stat status {};
    if (::fstat(fd_, &status) != 0) fail("look at", path_);
    return static_cast<uint64_t>(status.st_size);
  }
  void put(uint64_t at, std::string_view bytes) {
    if (::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(at)) !=
        static_cast<ssize_t>(bytes.size())) {
      fail("write", path_);
    }
  }
  void resize(uint64_t size) {
    if (::ftruncate(fd_, static_cast<off_t>(size)) != 0) fail("resize", path_);
  }

 private:
  const std::string path_;
  const int fd_;
};

// `stays`: bytes of the write that reached the disk all the same.
void undo_write(OpenFile& file, const Operation& write, uint64_t stays) {
  const auto& record = write.record;
  if (stays < write.data.size()) file.put(record.at + stays, std::string_view(write.data).substr(stays));
  // What never came to be written is not made up.
  const uint64_t end = stays == 0 ? record.was : std::min(file.size(), record.at + stays);
  file.resize(std::max(record.was, end));
}

void undo_truncate(OpenFile& file, const Operation& cut) {
  if (!cut.data.empty()) file.put(cut.record.at, cut.data);
  file.resize(cut.record.was);
}

uint64_t undo_file(const fs::path& path, const std::vector<const Operation*>& operations, Loss loss,
                   Random& random) {
  const size_t kept = draw_kept(operations.size(), loss, random);
  if (kept == operations.size()) return 0;
  OpenFile file(path);
  uint64_t bytes = 0;
  for (size_t i = operations.size(); i > kept; --i) {
    const Operation& operation = *operations[i - 1];
    if (operation.record.kind == Kind::kTruncate) {
      undo_truncate(file, operation);
      bytes += operation.data.size();
      continue;
    }
    const bool torn =
        loss == Loss::kDrawn && i - 1 == kept && operation.record.length > 1 && random.chance(0.5);
    const uint64_t stays = torn ? 1 + random.below(operation.record.length - 1) : 0;
    undo_write(file, operation, stays);
    bytes += operation.record.length - stays;
  }
  return bytes;
}

void put_back(const LedgerPaths& paths, uint64_t kept, const std::string& name) {
  if (kept == 0 || inode_of(name) != 0) return;
  const fs::path link = paths.keep / std::to_string(kept);
  // Its directory may itself have been lost.
  if (::link(link.c_str(), name.c_str()) != 0 && errno != ENOENT) fail("put back", name);
}

void undo_entry(const LedgerPaths& paths, const Operation& operation) {
  switch (operation.record.kind) {
    case Kind::kCreate:
      fs::remove_all(operation.path);
      return;
    case Kind::kRename:
      if (inode_of(operation.path) != 0 || inode_of(operation.data) == 0) return; // it did not happen
      if (::rename(operation.data.c_str(), operation.path.c_str()) != 0) fail("rename back", operation.data);
      return put_back(paths, operation.record.kept, operation.data);
    case Kind::kUnlink:
      return put_back(paths, operation.record.kept, operation.path);
    default:
      return;
  }
}

} // namespace

LedgerPaths LedgerPaths::beside(const fs::path& root) {
  LedgerPaths paths{root, root.string() + ".ledger", root.string() + ".keep"};
  fs::create_directories(paths.keep);
  return paths;
}

std::string RolledBack::to_string() const {
  return std::to_string(bytes) + " bytes of " + std::to_string(files) + " files, " + std::to_string(entries) +
         " entries of directories";
}

RolledBack roll_back(const LedgerPaths& paths, Loss loss, Random& random) {
  RolledBack out;
  const auto operations = read_ledger(paths.ledger);
  const auto files = files_by_inode(paths);
  for (const auto& [inode, some] : undecided(operations, Kind::kSynced, {Kind::kWrite, Kind::kTruncate})) {
    const auto file = files.find(inode);
    if (file == files.end()) continue; // removed for good
    const uint64_t bytes = undo_file(file->second, some, loss, random);
    out.files += bytes > 0 ? 1 : 0;
    out.bytes += bytes;
  }
  std::map<uint64_t, const Operation*> lost; // by their place in the ledger
  for (const auto& [inode, some] :
       undecided(operations, Kind::kDirectorySynced, {Kind::kCreate, Kind::kRename, Kind::kUnlink})) {
    const size_t kept = draw_kept(some.size(), loss, random);
    for (size_t i = kept; i < some.size(); ++i) lost[some[i]->offset] = some[i];
  }
  for (auto operation = lost.rbegin(); operation != lost.rend(); ++operation) {
    undo_entry(paths, *operation->second);
    ++out.entries;
  }
  fs::remove(paths.ledger);
  fs::remove_all(paths.keep);
  fs::create_directories(paths.keep);
  return out;
}

} // namespace circuit::crash
