#include "feeds/rss/parse.h"

#include <algorithm>

#include "feeds/rss/ascii.h"
#include "feeds/rss/json_feed.h"
#include "feeds/rss/raw_storage.h"
#include "feeds/rss/sniff.h"
#include "feeds/rss/xml_feed.h"
#include "ingest/text/charset.h"

namespace circuit::feeds::rss {
namespace {

Error empty_body() {
  return make_error(ErrorClass::kInvalid, "RSS_EMPTY_BODY", "the body is empty",
                    "Open the URL in a browser: the server answers with nothing.");
}

Error binary_body(const char* kind) {
  return make_error(ErrorClass::kInvalid, "RSS_BINARY", std::string("the body is ") + kind + ", not a feed",
                    "Give the URL of an RSS, Atom or JSON feed.");
}

Error no_markup() {
  return make_error(ErrorClass::kInvalid, "RSS_NOT_A_FEED", "the body is plain text: neither XML nor JSON",
                    "Give the URL of an RSS, Atom or JSON feed.");
}

bool is_ascii(std::string_view bytes) {
  return std::none_of(bytes.begin(), bytes.end(),
                      [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

// RFC 3023: a text/* type without a charset is us-ascii, whatever the document declares. Believed where it is
// true.
bool is_ascii_by_type(std::string_view bytes, std::string_view content_type) {
  return starts_with_ignoring_case(trim(content_type), "text/") && !text::charset_of(content_type) &&
         is_ascii(bytes);
}

void note_encoding(std::string_view bytes, const ParseOptions& options, const text::Decoded& decoded,
                   RawFeed& out) {
  out.encoding = is_ascii_by_type(bytes, options.content_type) ? "us-ascii" : decoded.encoding;
  if (decoded.replaced) {
    out.problems.push_back({"RSS_INVALID_CHARACTERS",
                            "some bytes are not valid " + decoded.encoding + " and were replaced by U+FFFD"});
  }
  if (decoded.declared_wrong) {
    out.problems.push_back(
        {"RSS_WRONG_ENCODING",
         "the declared encoding is not that of the body, which was read as " + decoded.encoding});
  }
}

} // namespace

Result<RawFeed> parse_feed(std::string_view bytes, const ParseOptions& options) {
  if (const char* kind = binary_kind(bytes)) return binary_body(kind);
  RawFeed out(std::unique_ptr<RawStorage, RawStorageDeleter>(new RawStorage));
  text::Decoded decoded = text::decode_markup(bytes, options.content_type);
  note_encoding(bytes, options, decoded, out);
  out.storage->body = std::move(decoded.utf8);

  Result<void> parsed;
  switch (text_kind(out.storage->body)) {
    case TextKind::kEmpty:
      return empty_body();
    case TextKind::kOther:
      return no_markup();
    case TextKind::kJson:
      parsed = parse_json_feed(out, options);
      break;
    case TextKind::kMarkup:
      parsed =
          parse_xml_feed(out, options, [&] { return text::decode_markup(bytes, options.content_type).utf8; });
      break;
  }
  if (!parsed) return std::move(parsed).error();
  return out;
}

} // namespace circuit::feeds::rss
