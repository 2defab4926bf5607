// HTML to the text alone.

#include "ingest/text/ascii.h"
#include "ingest/text/html.h"
#include "ingest/text/html_parse.h"

namespace circuit::text {
namespace {

// Elements whose content is not for reading.
bool is_machinery(Tag tag) {
  return tag == Tag::kScript || tag == Tag::kStyle || tag == Tag::kTemplate || tag == Tag::kNoembed ||
         tag == Tag::kNoframes || tag == Tag::kIframe || tag == Tag::kSvg || tag == Tag::kTextarea ||
         tag == Tag::kSelect || tag == Tag::kTitle;
}

constexpr ByteSet kMayBeSpace = byte_set(" \t\n\r\f\xC2"); // C2 A0 is the no-break space

class TextEvents final : public HtmlEvents {
 public:
  void open(const HtmlElement& element) override {
    if (is_machinery(element.tag)) ++machinery_;
    separate(element.tag);
  }

  void close(Tag tag, std::string_view) override {
    if (is_machinery(tag)) --machinery_;
    separate(tag);
  }

  void text(std::string_view utf8) override {
    if (machinery_ > 0) return;
    for (size_t at = 0; at < utf8.size();) {
      if (const size_t space = space_length(utf8.substr(at)); space > 0) {
        space_ = !out.empty();
        at += space;
        continue;
      }
      const size_t end = find_in_set(utf8, kMayBeSpace, at + 1);
      if (space_) out += ' ';
      space_ = false;
      out += utf8.substr(at, end - at);
      at = end;
    }
  }

  std::string out;

 private:
  // ASCII white space, and the no-break space that editors strew about.
  static size_t space_length(std::string_view text) {
    if (is_ascii_space(text.front())) return 1;
    return text.starts_with("\xC2\xA0") ? 2 : 0;
  }

  void separate(Tag tag) {
    if (traits_of(tag).is_block || tag == Tag::kBr || tag == Tag::kImg) space_ = !out.empty();
  }

  int machinery_ = 0;
  bool space_ = false;
};

bool is_tag_at(std::string_view text, size_t less) {
  size_t at = less + 1;
  if (at < text.size() && text[at] == '/') ++at;
  const size_t start = at;
  while (at < text.size() && is_ascii_alnum(text[at])) ++at;
  if (at == start || at >= text.size() || at - start > 16) return false;
  const char behind = text[at];
  if (!is_ascii_space(behind) && behind != '>' && behind != '/') return false;
  return tag_of(ascii_lower(text.substr(start, at - start))) != Tag::kUnknown;
}

} // namespace

std::string html_to_text(std::string_view html) {
  TextEvents events;
  events.out.reserve(html.size());
  parse_html(html, events);
  return std::move(events.out);
}

bool looks_like_html(std::string_view text) {
  for (size_t at = 0; (at = text.find_first_of("<&", at)) != std::string_view::npos; ++at) {
    const std::string_view rest = text.substr(at);
    if (rest.front() == '<') {
      if (is_tag_at(text, at) || rest.starts_with("<!--")) return true;
    } else if (const size_t end = rest.substr(0, 40).find(';'); end != std::string_view::npos) {
      const std::string_view reference = rest.substr(0, end + 1);
      if (decode_entities(reference) != reference) return true;
    }
  }
  return false;
}

} // namespace circuit::text
