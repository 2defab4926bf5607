#include "ingest/text/html_sanitize.h"

#include <algorithm>
#include <vector>

#include "ingest/text/ascii.h"
#include "ingest/text/html.h"
#include "ingest/text/html_links.h"
#include "ingest/text/html_parse.h"

namespace circuit::text {
namespace {

// Whose content goes with them.
bool is_dropped_whole(Tag tag) {
  return tag == Tag::kScript || tag == Tag::kStyle || tag == Tag::kApplet || tag == Tag::kIframe ||
         tag == Tag::kNoembed || tag == Tag::kNoframes || tag == Tag::kTemplate;
}

constexpr ByteSet kSpecialInHtml = byte_set("&<>\"");

void append_escaped(std::string& out, std::string_view text, bool in_attribute) {
  for (size_t at = 0; at < text.size(); ++at) {
    const size_t special = find_in_set(text, kSpecialInHtml, at);
    out += text.substr(at, special - at);
    if (special == text.size()) return;
    at = special;
    switch (text[at]) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += in_attribute ? "&quot;" : "\"";
    }
  }
}

class Sanitizer final : public HtmlEvents {
 public:
  explicit Sanitizer(const HtmlOptions& options) : options_(options) {}

  void open(const HtmlElement& element) override {
    if (is_dropped_whole(element.tag)) ++dropping_;
    const bool is_void = traits_of(element.tag).is_void;
    if (element.name == "svg") ++svg_;
    if (element.name == "math") ++math_;
    const bool kept = dropping_ == 0 && write_start(element, is_void);
    if (!is_void) kept_.push_back(kept);
  }

  void close(Tag tag, std::string_view name) override {
    if (is_dropped_whole(tag)) --dropping_;
    if (name == "svg") --svg_;
    if (name == "math") --math_;
    if (kept_.back()) {
      out.append("</").append(name).append(">");
      to_close_ -= name.size() + 3;
    }
    kept_.pop_back();
  }

  void text(std::string_view utf8) override {
    if (dropping_ > 0) return;
    const size_t before = out.size();
    append_escaped(out, utf8, false);
    if (is_over()) take_back(before);
  }

  bool wants_more() const override { return !full_; }

  std::string out;

 private:
  Vocabulary vocabulary() const {
    return svg_ > 0 ? Vocabulary::kSvg : math_ > 0 ? Vocabulary::kMathMl : Vocabulary::kHtml;
  }

  bool is_over() const {
    return options_.max_output_bytes > 0 && out.size() + to_close_ > options_.max_output_bytes;
  }

  void take_back(size_t size) {
    out.resize(size);
    full_ = true;
  }

  bool write_start(const HtmlElement& element, bool is_void) {
    const bool foreign = is_allowed_element(vocabulary(), element.name);
    if (full_ || !(foreign || is_allowed_element(Vocabulary::kHtml, element.name))) return false;
    if (element.tag == Tag::kImg && is_tracking_image(element, image_source(element))) return false;
    const size_t before = out.size();
    out.append("<").append(element.name);
    for (size_t i = 0; i < element.attributes.size(); ++i) write_attribute(element, i);
    out += is_void ? " />" : ">";
    if (!is_void) to_close_ += element.name.size() + 3;
    if (!is_over()) return true;
    take_back(before);
    if (!is_void) to_close_ -= element.name.size() + 3;
    return false;
  }

  static bool is_repeated(const HtmlElement& element, size_t index) {
    for (size_t i = 0; i < index; ++i) {
      if (element.attributes[i].name == element.attributes[index].name) return true;
    }
    return false;
  }

  void write_attribute(const HtmlElement& element, size_t index) {
    const auto& [name, value] = element.attributes[index];
    if (name == "style") {
      const std::string style = sanitize_style(value);
      if (!style.empty() && !is_repeated(element, index)) write(name, style);
      return;
    }
    const bool allowed =
        is_allowed_attribute(vocabulary(), name) || is_allowed_attribute(Vocabulary::kHtml, name);
    if (!allowed || is_repeated(element, index)) return;
    if (!is_url_attribute(name) || value.empty()) return write(name, value);
    if (!is_safe_url(value)) return;
    if (!is_resolved_attribute(element.tag, name) || options_.base_url.empty())
      return write(name, trim_ascii(value));
    const std::string link = safe_link(options_.base_url, value);
    if (!link.empty()) write(name, link);
  }

  void write(std::string_view name, std::string_view value) {
    out.append(" ").append(name).append("=\"");
    append_escaped(out, value, true);
    out += '"';
  }

  const HtmlOptions& options_;
  std::vector<bool> kept_; // for each open element: whether its start tag was written
  size_t to_close_ = 0;    // bytes that the end tags of open elements will take
  int dropping_ = 0, svg_ = 0, math_ = 0;
  bool full_ = false;
};

} // namespace

std::string sanitize_html(std::string_view html, const HtmlOptions& options) {
  Sanitizer sanitizer(options);
  sanitizer.out.reserve(options.max_output_bytes > 0 ? std::min(html.size(), options.max_output_bytes)
                                                     : html.size());
  parse_html(html, sanitizer);
  return std::move(sanitizer.out);
}

} // namespace circuit::text
