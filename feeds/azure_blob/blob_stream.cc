#include "feeds/azure_blob/blob_stream.h"

#include <algorithm>

namespace circuit::feeds::azure_blob {

Task<Result<std::string>> BlobStream::read() {
  if (offset_ >= blob_.size) co_return std::string();
  const ByteRange range{offset_, std::min(kCheckedRangeBytes, blob_.size - offset_)};
  auto piece = co_await client_.content(api_, container_, blob_, range);
  if (piece) offset_ += range.size;
  co_return piece;
}

} // namespace circuit::feeds::azure_blob
