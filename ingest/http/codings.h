#pragma once
// The codings that content_decoder.h is made of, one library each. Private to this folder.

#include <algorithm>
#include <memory>
#include <string_view>

#include "ingest/http/content_decoder.h"

namespace circuit::http {

enum class ZlibCoding { kGzip, kDeflate };

std::unique_ptr<ContentDecoder> make_zlib_decoder(ZlibCoding coding);
std::unique_ptr<ContentDecoder> make_brotli_decoder();
std::unique_ptr<ContentDecoder> make_zstd_decoder();

constexpr std::string_view kBytesBehindTheEnd = "bytes follow its end that are no part of it";

// Without what may stand behind the end of a stream and means nothing.
inline void skip_padding(std::string_view& coded) {
  constexpr std::string_view kPadding("\0 \t\r\n", 5);
  coded.remove_prefix(std::min(coded.find_first_not_of(kPadding), coded.size()));
}

} // namespace circuit::http
