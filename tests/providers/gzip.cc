#include "tests/providers/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace circuit::providers {
namespace {

constexpr int kGzipWindowBits = 15 + 16;

Bytef* input_of(std::string_view bytes) {
  return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data())); // zlib does not write to it
}

} // namespace

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindowBits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    std::abort();
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = input_of(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) std::abort(); // the bound is a promise of zlib's
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Gunzipped gunzip(std::string_view bytes, size_t max_bytes) {
  Gunzipped result{{}, GunzipEnd::kTruncated};
  z_stream stream{};
  if (inflateInit2(&stream, kGzipWindowBits) != Z_OK) std::abort();
  stream.next_in = input_of(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::array<char, 64 * 1024> piece;
  for (int status = Z_OK; status == Z_OK;) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = piece.size();
    status = inflate(&stream, Z_NO_FLUSH);
    result.bytes.append(piece.data(), piece.size() - stream.avail_out);
    if (status == Z_STREAM_END) result.end = GunzipEnd::kWhole;
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) result.end = GunzipEnd::kInvalid;
    if (result.bytes.size() > max_bytes) {
      result.end = GunzipEnd::kTooLarge;
      break;
    }
  }
  inflateEnd(&stream);
  return result;
}

} // namespace circuit::providers
