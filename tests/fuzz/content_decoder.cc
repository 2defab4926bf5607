// The first byte chooses the codings, and with its highest bit what the rest is: a coded body as it comes, or
// a text that is coded here first, cut where the second byte says. The third and the fourth byte say how the
// bytes are divided and how much room there is at a time.

#include "ingest/http/content_decoder.h"

#include <algorithm>

#include "tests/fuzz/target.h"
#include "tests/ingest/http/encodings.h"

namespace circuit::fuzz {
namespace {

using http::ContentDecoder;

constexpr size_t kMostBytes = 64 << 10; // a few bytes can become any number
constexpr size_t kLargeRoom = 16 << 10;

constexpr const char* kCodings[] = {"gzip",     "deflate",       "br",       "zstd",
                                    "gzip, br", "deflate, zstd", "br, gzip", "zstd, gzip, br, deflate, gzip"};

struct Decoded {
  std::string bytes;
  bool fault = false;
  bool whole = false;
  bool stopped = false; // at kMostBytes
};

Decoded decode(const char* codings, std::string_view coded, size_t piece_bytes, size_t room_bytes) {
  http::Headers headers;
  headers.add("Content-Encoding", codings);
  const auto made = http::make_content_decoder(headers, "https://a.test/");
  require(made.ok() && *made != nullptr, "the codings are known", codings);
  ContentDecoder& decoder = **made;
  Decoded decoded;
  std::string block(room_bytes + 1, '\0');
  for (size_t at = 0; at < coded.size(); at += piece_bytes) {
    std::string_view piece = coded.substr(at, piece_bytes);
    for (;;) {
      const size_t left = piece.size();
      block.back() = '\x5A';
      std::span<char> room(block.data(), room_bytes);
      const auto outcome = decoder.decode(piece, room);
      require(block.back() == '\x5A', "nothing is written beyond the room");
      const size_t written = room_bytes - room.size();
      decoded.bytes.append(block, 0, written);
      if (outcome == ContentDecoder::Outcome::kFault) {
        require(!decoder.fault().empty(), "a fault is named");
        require(decoder.decode(piece, room) == outcome, "a fault is final");
        decoded.fault = true;
        return decoded;
      }
      if (outcome == ContentDecoder::Outcome::kNeedsInput) {
        require(piece.empty(), "who asks for more has used all");
        break;
      }
      require(room.empty(), "who asks for room has used all");
      require(written > 0 || piece.size() < left, "it goes on");
      decoded.stopped = decoded.bytes.size() > kMostBytes;
      if (decoded.stopped) return decoded;
    }
  }
  decoded.whole = decoder.is_whole();
  return decoded;
}

// The same bytes divided in another way. What came before a fault may be more or less of the same.
void check_divided(const char* codings, std::string_view coded, size_t piece_bytes, size_t room_bytes) {
  const Decoded one = decode(codings, coded, coded.size() + 1, kLargeRoom);
  const Decoded other = decode(codings, coded, piece_bytes, room_bytes);
  const size_t common = std::min(one.bytes.size(), other.bytes.size());
  require(one.bytes.compare(0, common, other.bytes, 0, common) == 0, "the same bytes", codings);
  if (one.stopped || other.stopped) return;
  // libzstd compares a frame with the length that its header declares where it has the frame at once, and not
  // always where it comes in parts.
  if (one.fault && std::string_view(codings).find("zstd") != std::string_view::npos) return;
  require(one.fault == other.fault, "the same fault, or none", codings);
  require(one.whole == other.whole, "the same end, or none", codings);
  require(one.fault || one.bytes.size() == other.bytes.size(), "the same length", codings);
}

void check_coded_here(const char* coding, std::string_view text, size_t cut, size_t piece_bytes,
                      size_t room_bytes) {
  const std::string coded = http::encoded(coding, text);
  const Decoded all = decode(coding, coded, piece_bytes, room_bytes);
  require(all.stopped || (all.whole && all.bytes == text), "what was coded comes back", coding);
  if (coded.size() == 1) return; // nothing in br
  const Decoded part = decode(coding, coded.substr(0, 1 + cut % (coded.size() - 1)), piece_bytes, room_bytes);
  require(!part.fault && !part.whole, "what was cut is neither whole nor damaged", coding);
  require(text.starts_with(part.bytes), "and brings a beginning", coding);
}

} // namespace

void check_input(std::string_view input) {
  Input in(input);
  const unsigned choice = in.byte();
  const size_t cut = in.byte() * 251;
  const size_t piece_bytes = in.byte() + 1, room_bytes = in.byte() + 1;
  const std::string_view bytes = in.rest();
  if (choice < 0x80)
    return check_divided(kCodings[choice % std::size(kCodings)], bytes, piece_bytes, room_bytes);
  check_coded_here(kCodings[choice % 4], bytes, cut, piece_bytes, room_bytes);
}

} // namespace circuit::fuzz
