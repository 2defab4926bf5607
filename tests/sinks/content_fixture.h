#pragma once
// Originals as tests of sinks make them: generated, so that their size costs nothing.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "ingest/runtime/digest.h"
#include "ingest/sync/sink.h"

namespace circuit::sinks::testing {

// `size` bytes that differ with `seed`, in pieces; then the end, or an error.
class GeneratedSource final : public sync::ContentSource {
 public:
  explicit GeneratedSource(uint64_t size, char seed = 'a', size_t piece_bytes = 64 << 10)
      : left_(size), piece_(piece_bytes, seed) {}

  void end_with(Error error) { error_ = std::move(error); }
  std::function<Task<void>(uint64_t given)> before_piece; // given so far

  Task<Result<std::string>> read() override {
    if (before_piece) {
      auto waiting = before_piece(given_);
      co_await std::move(waiting);
    }
    if (left_ == 0 && error_) co_return *error_;
    std::string piece = piece_.substr(0, static_cast<size_t>(std::min<uint64_t>(left_, piece_.size())));
    for (size_t at = 0; at < piece.size(); at += 512)
      piece[at] = static_cast<char>(given_ + at); // pieces differ
    left_ -= piece.size();
    given_ += piece.size();
    hash_.add(piece);
    co_return piece;
  }
  uint64_t given() const { return given_; }
  std::string hash() { return to_hex(hash_.finish()); } // once, at the end

 private:
  uint64_t left_;
  uint64_t given_ = 0;
  const std::string piece_;
  std::optional<Error> error_;
  Sha256 hash_;
};

// Bytes of the original with this hash beside the file, or -1.
inline int64_t stored_size(const std::string& path, const std::string& hash) {
  std::error_code problem;
  const auto size =
      std::filesystem::file_size(path + ".content/" + hash.substr(0, 2) + "/" + hash.substr(2), problem);
  return problem ? -1 : static_cast<int64_t>(size);
}

// Files beside it, those that are not whole included.
inline size_t stored_files(const std::string& path) {
  size_t count = 0;
  std::error_code problem;
  for (std::filesystem::recursive_directory_iterator entry(path + ".content", problem), end;
       !problem && entry != end; entry.increment(problem)) {
    if (entry->is_regular_file()) ++count;
  }
  return count;
}

} // namespace circuit::sinks::testing
