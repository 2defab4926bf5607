#include "tests/ingest/http/encodings.h"

#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdlib>

namespace circuit::http {
namespace {

int window_bits(Wrapper wrapper) {
  switch (wrapper) {
    case Wrapper::kGzip:
      return 15 + 16;
    case Wrapper::kZlib:
      return 15;
    case Wrapper::kRaw:
      return -15;
  }
  return 0;
}

} // namespace

std::string deflated(std::string_view text, Wrapper wrapper) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, window_bits(wrapper), 9, Z_DEFAULT_STRATEGY) !=
      Z_OK)
    std::abort();
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) std::abort();
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string brotli(std::string_view text) {
  constexpr int kQuality = 5;
  std::string out(BrotliEncoderMaxCompressedSize(text.size()) + 64, '\0');
  size_t size = out.size();
  if (BrotliEncoderCompress(kQuality, BROTLI_DEFAULT_WINDOW, BROTLI_DEFAULT_MODE, text.size(),
                            reinterpret_cast<const uint8_t*>(text.data()), &size,
                            reinterpret_cast<uint8_t*>(out.data())) != BROTLI_TRUE)
    std::abort();
  out.resize(size);
  return out;
}

std::string zstd(std::string_view text, int window_log) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  if (window_log != 0) ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  std::string out(ZSTD_compressBound(text.size()) + 64, '\0');
  ZSTD_inBuffer input{text.data(), text.size(), 0};
  ZSTD_outBuffer output{out.data(), out.size(), 0};
  if (window_log != 0) { // of a stream without a known length, which otherwise is its window
    const std::string_view nothing;
    ZSTD_inBuffer none{nothing.data(), 0, 0};
    ZSTD_compressStream2(context, &output, &none, ZSTD_e_flush);
  }
  if (ZSTD_compressStream2(context, &output, &input, ZSTD_e_end) != 0) std::abort();
  out.resize(output.pos);
  ZSTD_freeCCtx(context);
  return out;
}

std::string encoded(std::string_view coding, std::string_view text) {
  if (coding == "gzip" || coding == "x-gzip") return deflated(text, Wrapper::kGzip);
  if (coding == "deflate") return deflated(text, Wrapper::kZlib);
  if (coding == "br") return brotli(text);
  if (coding == "zstd") return zstd(text);
  std::abort();
}

} // namespace circuit::http
