#pragma once
// A JSONL file that holds each committed line exactly once: its length agrees with the position in the store.
//
//   PATH              what is written now
//   PATH.<n>          complete files, after rotation; n grows
//   PATH.uncommitted  exists from the first use of a file until the first commit of a line: the length it had
//                     before
//
// What is appended counts when commit() is called, after the store holds the position. Everything behind the
// committed length is cut off by rollback() and by recover(). One process at a time: the file is locked
// (flock) while this lives.
//
// Rotation happens at the first append after a commit, when the committed length has reached the limit:
// between two runs the file stays where readers expect it. The store learns of it with the next commit; until
// then the existence of PATH.<n> tells recover() that generation n is complete.
//
// Errors: those of file_error(); INVALID SINK_FILE_NOT_JSONL (an existing file does not end with a line end);
// CONFLICT SINK_FILE_BUSY (another process or sink has it), SINK_ROTATION_BLOCKED (PATH.<n> is taken);
// CORRUPT SINK_FILE_SHORTER, SINK_FILE_CHANGED, SINK_POSITION_UNREADABLE.
//
// One thread at a time.

#include <cstdint>
#include <optional>
#include <string>

#include "ingest/sync/sink.h"
#include "sinks/file_descriptor.h"
#include "sinks/jsonl_position.h"
#include "sinks/line_output.h"

namespace circuit::sinks {

// Where PATH is missing or empty though the position says otherwise, and no rotation explains it; the file in
// its place goes on with its number. nullopt: something is left, or nobody can see. Touches nothing.
std::optional<sync::GoneStorage> find_gone_file(const std::string& path, const std::string& position);

class JsonlFile final : public LineOutput {
 public:
  // rotate_bytes: 0 never rotates.
  JsonlFile(std::string path, uint64_t rotate_bytes) : path_(std::move(path)), rotate_bytes_(rotate_bytes) {}

  Result<void> recover(const std::string& position) override;
  Result<void> expect_in_place() override;
  bool takes_back() const override { return true; }
  Result<void> append(std::string_view lines) override;
  Result<std::string> seal() override;
  void commit() override;
  void rollback() override;
  void interrupt() override {} // a file's writes end by themselves

 private:
  Result<void> begin();                               // no position is stored
  Result<void> resume(const JsonlPosition& position); // one is
  Result<void> resume_after_rotation(const JsonlPosition& position);
  Result<void> open_and_lock(int flags);
  Result<void> expect_line_end(uint64_t offset);
  Result<void> expect_ours(uint64_t length);
  Result<void> expect_name();
  Result<void> expect_length();
  Result<void> start_from(uint64_t length);
  Result<void> cut_tail();
  Result<void> rotate();
  Result<void> note_uncommitted(uint64_t length);
  void forget_uncommitted();

  std::string rotated_path(uint64_t generation) const { return path_ + "." + std::to_string(generation); }
  std::string uncommitted_path() const { return path_ + ".uncommitted"; }

  const std::string path_;
  const uint64_t rotate_bytes_;
  FileDescriptor file_;
  uint64_t generation_ = 1;
  uint64_t committed_ = 0;          // bytes the store knows of
  uint64_t sealed_ = 0;             // bytes as of the last seal()
  uint64_t end_ = 0;                // bytes written
  bool tail_to_cut_ = false;        // a rollback could not shorten the file yet
  bool first_commit_ahead_ = false; // PATH.uncommitted exists
};

} // namespace circuit::sinks
