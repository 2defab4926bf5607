// br, by libbrotlidec. It has no checksum: what is damaged is noticed where it is no stream any more.

#include <brotli/decode.h>

#include <new>

#include "ingest/http/codings.h"

namespace circuit::http {
namespace {

bool is_out_of_memory(BrotliDecoderErrorCode code) {
  return code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
         code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES;
}

class BrotliDecoder final : public ContentDecoder {
 public:
  BrotliDecoder() : state_(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)) {
    if (state_ == nullptr) throw std::bad_alloc();
  }
  ~BrotliDecoder() override { BrotliDecoderDestroyInstance(state_); }

  Outcome decode(std::string_view& coded, std::span<char>& room) override {
    if (!fault_.empty()) return Outcome::kFault;
    if (ended_) return after(coded);
    if (coded.empty() && !holds_more_) return Outcome::kNeedsInput;
    const BrotliDecoderResult result = go_on(coded, room);
    // It asks for input first, also when it still holds what found no room.
    holds_more_ = BrotliDecoderHasMoreOutput(state_) != BROTLI_FALSE;
    switch (result) {
      case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT:
        holds_more_ = true;
        return Outcome::kNeedsRoom;
      case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT:
        return holds_more_ ? Outcome::kNeedsRoom : Outcome::kNeedsInput;
      case BROTLI_DECODER_RESULT_SUCCESS:
        ended_ = true;
        return after(coded);
      case BROTLI_DECODER_RESULT_ERROR:
        break;
    }
    const BrotliDecoderErrorCode code = BrotliDecoderGetErrorCode(state_);
    if (is_out_of_memory(code)) throw std::bad_alloc();
    fault_ = "it is damaged, or is not br";
    return Outcome::kFault;
  }
  bool is_whole() const override { return ended_ || !begun_; }
  std::string_view fault() const override { return fault_; }

 private:
  BrotliDecoderResult go_on(std::string_view& coded, std::span<char>& room) {
    begun_ = true;
    size_t input = coded.size(), output = room.size();
    const auto* from = reinterpret_cast<const uint8_t*>(coded.data());
    auto* to = reinterpret_cast<uint8_t*>(room.data());
    const BrotliDecoderResult result =
        BrotliDecoderDecompressStream(state_, &input, &from, &output, &to, nullptr);
    coded.remove_prefix(coded.size() - input);
    room = room.subspan(room.size() - output);
    return result;
  }

  Outcome after(std::string_view& coded) {
    skip_padding(coded);
    if (coded.empty()) return Outcome::kNeedsInput;
    fault_ = kBytesBehindTheEnd;
    return Outcome::kFault;
  }

  BrotliDecoderState* const state_;
  bool begun_ = false;
  bool ended_ = false;
  bool holds_more_ = false;
  std::string_view fault_;
};

} // namespace

std::unique_ptr<ContentDecoder> make_brotli_decoder() { return std::make_unique<BrotliDecoder>(); }

} // namespace circuit::http
