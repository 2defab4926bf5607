#include "tests/providers/rss/render.h"

#include "tests/providers/rss/encode.h"
#include "tests/providers/rss/format_writers.h"

namespace circuit::providers::rss {

const FormatWriter& format_writer(Format format) {
  static const Rss20Writer kRss20Writer;
  static const Rss10Writer kRss10Writer;
  static const Atom10Writer kAtom10Writer;
  static const JsonFeedWriter kJsonFeedWriter;
  switch (format) {
    case Format::kRss20:
      return kRss20Writer;
    case Format::kRss10:
      return kRss10Writer;
    case Format::kAtom10:
      return kAtom10Writer;
    case Format::kJsonFeed11:
      break;
  }
  return kJsonFeedWriter;
}

PageRenderer::PageRenderer(const World& world, const Feed& feed, Page page)
    : world_(world), feed_(feed), page_(std::move(page)), writer_(format_writer(feed.traits.format)) {}

std::string PageRenderer::next() {
  const size_t position = position_++;
  const size_t count = page_.items.size();
  const FeedTraits& traits = feed_.traits;
  if (position > count + 1) return {};
  if (position == count + 1) return encode(writer_.tail(world_, feed_, page_), traits.charset);
  if (position > 0) {
    return encode(writer_.item(world_, feed_, *page_.items[position - 1], position == 1), traits.charset);
  }
  const bool marked = traits.byte_order_mark || traits.charset == Charset::kUtf16;
  std::string head(marked ? byte_order_mark(traits.charset) : std::string_view());
  return head + encode(writer_.head(world_, feed_, page_), traits.charset);
}

std::string render_page(const World& world, const Feed& feed, Page page) {
  PageRenderer renderer(world, feed, std::move(page));
  std::string out;
  for (std::string piece = renderer.next(); !piece.empty(); piece = renderer.next()) out += piece;
  return out;
}

std::string content_type_of(const FeedTraits& traits) {
  const std::string type =
      traits.media_type.empty() ? registered_media_type(traits.format) : traits.media_type;
  if (traits.format == Format::kJsonFeed11) return type; // RFC 8259 defines no charset parameter
  switch (traits.charset_label) {
    case CharsetLabel::kMissing:
      return type;
    case CharsetLabel::kWrong:
      return type + (traits.charset == Charset::kUtf8 ? "; charset=iso-8859-1" : "; charset=utf-8");
    case CharsetLabel::kRight:
      break;
  }
  return type + "; charset=" + charset_name(traits.charset);
}

} // namespace circuit::providers::rss
