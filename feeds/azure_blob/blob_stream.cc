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

Task<Result<std::string>> BlobStream::read() {
  if (range_.at_end() && offset_ < blob_.size) {
    const ByteRange range{offset_, std::min(kCheckedRangeBytes, blob_.size - offset_)};
    auto bytes = co_await client_.content(api_, container_, blob_, range);
    if (!bytes) co_return bytes;
    offset_ += range.size;
    range_ = BytesStream(*std::move(bytes));
  }
  co_return co_await range_.read();
}

} // namespace circuit::feeds::azure_blob
