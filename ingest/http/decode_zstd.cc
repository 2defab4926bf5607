// zstd, by libzstd.

#include <zstd.h>
#include <zstd_errors.h>

#include <new>

#include "ingest/http/codings.h"

namespace circuit::http {
namespace {

// RFC 9659: who encodes for HTTP uses no larger window, so that who decodes can bound its memory. The library
// would take 128 MiB.
constexpr int kMostWindowLog = 23;

class ZstdDecoder final : public ContentDecoder {
 public:
  ZstdDecoder() : context_(ZSTD_createDCtx()) {
    if (context_ == nullptr) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, kMostWindowLog);
  }
  ~ZstdDecoder() override { ZSTD_freeDCtx(context_); }

  Outcome decode(std::string_view& coded, std::span<char>& room) override {
    for (;;) {
      if (!fault_.empty()) return Outcome::kFault;
      if (!in_frame_) {
        if (frames_ > 0) skip_padding(coded);
        if (coded.empty()) return Outcome::kNeedsInput;
        in_frame_ = true;
      }
      if (coded.empty() && !may_hold_more_) return Outcome::kNeedsInput;
      go_on(coded, room);
      if (in_frame_ && fault_.empty() && room.empty()) return Outcome::kNeedsRoom;
    }
  }
  bool is_whole() const override { return !in_frame_; }
  std::string_view fault() const override { return fault_; }

 private:
  void go_on(std::string_view& coded, std::span<char>& room) {
    ZSTD_inBuffer input{coded.data(), coded.size(), 0};
    ZSTD_outBuffer output{room.data(), room.size(), 0};
    const size_t result = ZSTD_decompressStream(context_, &output, &input);
    coded.remove_prefix(input.pos);
    room = room.subspan(output.pos);
    may_hold_more_ = room.empty();
    if (ZSTD_isError(result) != 0) {
      fault_ = describe(ZSTD_getErrorCode(result));
    } else if (result == 0) { // a frame has ended, and nothing of it is left
      in_frame_ = may_hold_more_ = false;
      ++frames_;
    }
  }

  std::string_view describe(ZSTD_ErrorCode code) const {
    switch (code) {
      case ZSTD_error_memory_allocation:
        throw std::bad_alloc();
      case ZSTD_error_prefix_unknown:
        return frames_ > 0 ? kBytesBehindTheEnd : "it is not zstd";
      case ZSTD_error_frameParameter_windowTooLarge:
        return "it needs a window of more than 8 MiB, which HTTP does not allow";
      case ZSTD_error_checksum_wrong:
        return "its checksum is wrong";
      case ZSTD_error_dictionary_wrong:
        return "it needs a dictionary";
      default:
        return "it is damaged";
    }
  }

  ZSTD_DCtx* const context_;
  uint64_t frames_ = 0; // whole ones
  bool in_frame_ = false;
  bool may_hold_more_ = false;
  std::string_view fault_;
};

} // namespace

std::unique_ptr<ContentDecoder> make_zstd_decoder() { return std::make_unique<ZstdDecoder>(); }

} // namespace circuit::http
