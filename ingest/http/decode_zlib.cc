// gzip and deflate, by zlib.

#include <zlib.h>

#include <array>
#include <limits>
#include <new>
#include <optional>

#include "ingest/http/codings.h"

namespace circuit::http {
namespace {

constexpr unsigned char kGzipFirst = 0x1f, kGzipSecond = 0x8b;

// RFC 1950, 2.2: deflate with a window of 32 KiB at most, and a check of the two bytes.
bool may_begin_zlib(unsigned char first) { return (first & 0x0f) == Z_DEFLATED && (first >> 4) <= 7; }
bool begins_zlib(unsigned char first, unsigned char second) {
  return may_begin_zlib(first) && (first * 256 + second) % 31 == 0;
}

class ZlibDecoder final : public ContentDecoder {
 public:
  explicit ZlibDecoder(ZlibCoding coding) : takes_raw_(coding == ZlibCoding::kDeflate) {}
  ~ZlibDecoder() override { inflateEnd(&stream_); }

  Outcome decode(std::string_view& coded, std::span<char>& room) override {
    for (;;) {
      if (!fault_.empty()) return Outcome::kFault;
      switch (state_) {
        case State::kBeginning:
          if (coded.empty()) return Outcome::kNeedsInput;
          begin(static_cast<unsigned char>(coded.front()));
          coded.remove_prefix(1);
          break;
        case State::kInside:
          if (const auto outcome = inside(coded, room)) return *outcome;
          break;
        case State::kAfter:
          if (!begins_again(coded)) return Outcome::kNeedsInput;
          break;
      }
    }
  }
  bool is_whole() const override { return state_ == State::kAfter || !begun_; }
  std::string_view fault() const override { return fault_; }

 private:
  enum class State { kBeginning, kInside, kAfter };
  enum class Format { kGzip, kZlib, kRaw };

  // Two bytes say which format it is; they may come one by one.
  void begin(unsigned char byte) {
    begun_ = true;
    head_[head_size_++] = static_cast<char>(byte);
    const auto first = static_cast<unsigned char>(head_[0]);
    if (head_size_ == 1) {
      if (byte == kGzipFirst || (members_ == 0 && may_begin_zlib(byte))) return;
    } else if (first == kGzipFirst && byte == kGzipSecond) {
      return start(Format::kGzip);
    } else if (members_ == 0 && begins_zlib(first, byte)) {
      return start(Format::kZlib);
    }
    if (takes_raw_ && members_ == 0) return start(Format::kRaw);
    fault_ = members_ == 0 ? "it is not in the format that is named" : kBytesBehindTheEnd;
  }

  void start(Format format) {
    constexpr int kAnyWrapper = 15 + 32;
    const int window_bits = format == Format::kRaw ? -15 : kAnyWrapper;
    const int status =
        stream_.state == nullptr ? inflateInit2(&stream_, window_bits) : inflateReset2(&stream_, window_bits);
    if (status != Z_OK) throw std::bad_alloc();
    format_ = format;
    state_ = State::kInside;
  }

  // Nothing: go on.
  std::optional<Outcome> inside(std::string_view& coded, std::span<char>& room) {
    std::string_view head(head_.data() + head_used_, head_size_ - head_used_);
    const bool from_head = !head.empty();
    if (!from_head && coded.empty() && !may_hold_more_) return Outcome::kNeedsInput;
    const size_t used = inflate_from(from_head ? head : coded, room);
    if (from_head) {
      head_used_ += used;
    } else {
      coded.remove_prefix(used);
    }
    may_hold_more_ = room.empty();
    if (state_ == State::kInside && fault_.empty() && room.empty()) return Outcome::kNeedsRoom;
    return std::nullopt;
  }

  size_t inflate_from(std::string_view coded, std::span<char>& room) {
    char nowhere = 0;
    const size_t most = std::numeric_limits<uInt>::max();
    const auto taken = static_cast<uInt>(std::min(coded.size(), most));
    const auto offered = static_cast<uInt>(std::min(room.size(), most));
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(coded.data()));
    stream_.avail_in = taken;
    stream_.next_out = reinterpret_cast<Bytef*>(room.empty() ? &nowhere : room.data());
    stream_.avail_out = offered;
    const int status = inflate(&stream_, Z_NO_FLUSH);
    room = room.subspan(offered - stream_.avail_out);
    if (status == Z_MEM_ERROR) throw std::bad_alloc();
    if (status == Z_STREAM_END) {
      state_ = State::kAfter;
      ++members_;
    } else if (status == Z_NEED_DICT) {
      fault_ = "it needs a dictionary";
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      fault_ = stream_.msg == nullptr ? "it is damaged" : stream_.msg;
    }
    return taken - stream_.avail_in;
  }

  // Whether another member begins.
  bool begins_again(std::string_view& coded) {
    constexpr size_t kMostRawTrailer = 4;
    if (format_ == Format::kRaw) {
      const size_t trailer = std::min(kMostRawTrailer - raw_trailer_, coded.size());
      raw_trailer_ += trailer;
      coded.remove_prefix(trailer);
    }
    skip_padding(coded);
    if (coded.empty()) return false;
    if (format_ == Format::kGzip) {
      head_size_ = head_used_ = 0;
      state_ = State::kBeginning;
    } else {
      fault_ = kBytesBehindTheEnd;
    }
    return true;
  }

  const bool takes_raw_;
  z_stream stream_{};
  State state_ = State::kBeginning;
  Format format_ = Format::kGzip;
  std::array<char, 2> head_{}; // of a member; what tells its format is inflated first
  size_t head_size_ = 0, head_used_ = 0;
  size_t raw_trailer_ = 0;
  uint64_t members_ = 0; // whole ones
  bool begun_ = false;
  bool may_hold_more_ = false;
  std::string_view fault_;
};

} // namespace

std::unique_ptr<ContentDecoder> make_zlib_decoder(ZlibCoding coding) {
  return std::make_unique<ZlibDecoder>(coding);
}

} // namespace circuit::http
