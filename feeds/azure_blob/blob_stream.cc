#include "feeds/azure_blob/blob_stream.h"

#include <algorithm>

namespace circuit::feeds::azure_blob {

namespace {

constexpr size_t kPieceBytes = 256 << 10;

} // namespace

Task<Result<std::string>> BytesStream::read() {
  std::string piece = bytes_.substr(std::min(at_, bytes_.size()), kPieceBytes);
  at_ += piece.size();
  co_return piece;
}

void BlobRanges::start(TaskGroup& readers) {
  for (uint64_t i = 0; i < std::min<uint64_t>(at_once_, count_); ++i) readers.spawn(read_some());
}

Task<void> BlobRanges::read_some() {
  try {
    co_await read_all();
  } catch (...) { // thrown by next(): nobody would wait for a range that does not come
    if (!thrown_) thrown_ = std::current_exception();
  }
  changed_.notify_all();
}

// Ranges are taken in order, so that whoever asks for them in order comes to the one that failed.
Task<void> BlobRanges::read_all() {
  while (to_read_ < count_ && !failed_) {
    if (to_read_ >= to_give_ + at_once_) {
      co_await changed_.wait();
      continue;
    }
    const uint64_t number = to_read_++;
    const uint64_t offset = number * kCheckedRangeBytes;
    const ByteRange range{offset, std::min(kCheckedRangeBytes, blob_.size - offset)};
    auto bytes = co_await client_.content(api_, container_, blob_, range);
    failed_ = failed_ || !bytes;
    ready_.emplace(number, std::move(bytes));
    changed_.notify_all();
  }
}

Task<Result<std::string>> BlobRanges::next() {
  if (to_give_ == count_) co_return std::string();
  while (!ready_.contains(to_give_)) {
    if (thrown_) std::rethrow_exception(thrown_);
    co_await changed_.wait();
  }
  const auto first = ready_.find(to_give_);
  Result<std::string> bytes = std::move(first->second);
  if (!bytes) co_return bytes;
  ready_.erase(first);
  ++to_give_;
  changed_.notify_all();
  co_return bytes;
}

Task<Result<std::string>> BlobStream::read() {
  if (range_.at_end()) {
    auto bytes = co_await ranges_.next();
    if (!bytes) co_return bytes;
    range_ = BytesStream(*std::move(bytes));
  }
  co_return co_await range_.read();
}

} // namespace circuit::feeds::azure_blob
