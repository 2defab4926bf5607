#pragma once
// Takes the content codings off a body as it arrives: gzip, deflate, br and zstd, and chains of them (RFC
// 9110, 8.4). Says also what a library that only inflates does not: whether the body may end where it ended.
//
// What is taken, besides what the formats' own documents say:
//
//   gzip      any number of members one after another (RFC 1952, 2.2), zeros and white space between and
//   after
//             them, a zlib stream in their place
//   deflate   a zlib stream (RFC 9110, 8.4.1.2), the raw one that some servers send, with up to four bytes of
//             a trailer after it, or gzip
//   zstd      any number of frames; none needs a window of more than 8 MiB (RFC 9659)
//   all       no byte at all, for servers name a coding over an empty body; zeros and white space at the end
//
// Anything else after the end is a fault. Browsers pass over it, and curl and Go do not: it may be a member
// whose beginning is damaged, and nobody could tell that text is missing.
//
// A decoder holds its format's window while the body is under way: 40 KiB, with zstd 8 MiB and with br 16 MiB
// at most. It never makes more than it is given room for. One thread.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "ingest/http/message.h"

namespace circuit::http {

class ContentDecoder {
 public:
  enum class Outcome {
    kNeedsInput, // all that came is used, and all that it stands for was handed out
    kNeedsRoom,  // there is no room left, and there may be more
    kFault,      // fault() says what is wrong; final
  };

  ContentDecoder() = default;
  virtual ~ContentDecoder() = default;
  ContentDecoder(const ContentDecoder&) = delete;
  ContentDecoder& operator=(const ContentDecoder&) = delete;

  // Uses `coded` from the front and fills `room` from the front; both are moved past that. With no room it
  // goes on as far as it can without. Throws std::bad_alloc.
  virtual Outcome decode(std::string_view& coded, std::span<char>& room) = 0;
  // Whether the body may end here.
  virtual bool is_whole() const = 0;
  // A clause: "its checksum is wrong".
  virtual std::string_view fault() const = 0;
};

// What is asked for: all that can be taken off.
constexpr std::string_view kAcceptEncoding = "deflate, gzip, br, zstd";

// For the codings that the headers name, all its fields in order; null where they name none (or identity).
// INVALID BAD_ENCODING: one that is not known, or more than five.
Result<std::unique_ptr<ContentDecoder>> make_content_decoder(const Headers& headers, const std::string& url);

// INVALID BAD_ENCODING.
Error bad_encoding(const std::string& url, std::string_view what_is_wrong);
// TRANSIENT BODY_TRUNCATED: all bytes that were announced came, and the coding has not ended. Its metadata
// says so: `cut` is COMPRESSION, for who knows that nobody but the writer can have cut it.
Error coding_truncated(const std::string& url);

} // namespace circuit::http
