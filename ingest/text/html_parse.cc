#include "ingest/text/html_parse.h"

#include <algorithm>
#include <bitset>
#include <memory>
#include <string>
#include <vector>

#include "ingest/text/ascii.h"
#include "ingest/text/charset.h"
#include "ingest/text/entities.h"
#include "ingest/text/html_open_elements.h"
#include "ingest/text/utf8.h"

namespace circuit::text {
namespace {

constexpr size_t kMostAttributes = 64;
constexpr size_t kNone = std::string_view::npos;
constexpr std::string_view kCdata = "<![CDATA[";

class Parser {
 public:
  Parser(std::string_view html, HtmlEvents& events) : html_(html), events_(events), open_elements_(events) {
    attributes_.reserve(8);
  }

  void run() {
    size_t text = 0; // where the text begins that is not handed on yet
    size_t at = 0;
    while (text < html_.size() && events_.wants_more()) {
      const size_t less = html_.find('<', at);
      const size_t end = less == kNone ? html_.size() : less;
      if (less != kNone && !is_markup(less)) {
        at = less + 1; // a sign like any other
        continue;
      }
      if (end > text) emit_text(text, end);
      text = at = less == kNone ? end : read_markup(less);
    }
    open_elements_.close_all();
  }

 private:
  char peek(size_t at) const { return at < html_.size() ? html_[at] : '\0'; }

  bool is_markup(size_t less) {
    const char c = peek(less + 1);
    if (is_ascii_alpha(c)) return true;
    if (c != '/' && c != '!' && c != '?') return false;
    if (is_cdata(less)) return has_cdata_end(less);
    if ((c == '/' && is_ascii_alpha(peek(less + 2))) || is_comment(less)) return true;
    return has_declaration_end(less);
  }

  // Returns where to go on behind the markup that begins at `at`.
  size_t read_markup(size_t at) {
    if (is_ascii_alpha(peek(at + 1))) return read_start_tag(at);
    if (peek(at + 1) == '/' && is_ascii_alpha(peek(at + 2))) return read_end_tag(at);
    if (is_cdata(at)) return at + kCdata.size(); // the markers go, what they enclose is read as usual
    if (is_comment(at)) return comment_end(at);
    return declaration_end_ + 1; // <!DOCTYPE>, <?php ?>, </ nonsense>: nothing to see
  }

  bool is_comment(size_t at) const { return html_.substr(at).starts_with("<!--"); }
  bool is_cdata(size_t at) const { return html_.substr(at).starts_with(kCdata); }

  size_t comment_end(size_t at) const {
    const size_t end = html_.find("-->", at + 2); // "<!-->" is whole
    return end == kNone ? html_.size() : end + 3;
  }

  // Some publishers wrap HTML twice. Without an end it is no section.
  bool has_cdata_end(size_t at) {
    if (cdata_end_ != kNone && cdata_end_ < at) cdata_end_ = kNone; // it was inside a tag
    if (cdata_end_ == kNone && !no_cdata_end_) {
      cdata_end_ = html_.find("]]>", at);
      no_cdata_end_ = cdata_end_ == kNone;
    }
    return cdata_end_ != kNone;
  }

  bool has_declaration_end(size_t at) {
    if (no_greater_) return false;
    declaration_end_ = html_.find('>', at);
    no_greater_ = declaration_end_ == kNone;
    return !no_greater_;
  }

  size_t read_end_tag(size_t at) {
    size_t name_end = at + 2;
    while (name_end < html_.size() && !ends_name(html_[name_end])) ++name_end;
    const std::string_view raw = html_.substr(at + 2, name_end - at - 2);
    const size_t end = html_.find('>', name_end);
    if (end == kNone) return html_.size(); // cut off
    spares_used_ = 0;
    const std::string_view name = lowered(raw);
    const Tag tag = tag_of(name);
    if (tag == Tag::kBr) {
      events_.open({tag, tag_name(tag), {}}); // browsers take </br> for <br>
    } else if (!traits_of(tag).is_void && !traits_of(tag).is_transparent) {
      open_elements_.end_tag(tag, name);
    }
    return end + 1;
  }

  static bool ends_name(char c) { return is_ascii_space(c) || c == '/' || c == '>'; }

  size_t read_start_tag(size_t at) {
    size_t p = at + 1;
    while (p < html_.size() && !ends_name(html_[p])) ++p;
    spares_used_ = 0;
    attributes_.clear();
    const std::string_view name = lowered(html_.substr(at + 1, p - at - 1));
    bool self_closing = false;
    if (peek(p) != '>') p = read_attributes(p, self_closing);
    if (p >= html_.size()) return html_.size(); // cut off in the middle of a tag
    open({tag_of(name), name, attributes_}, self_closing, p + 1);
    return after_element_;
  }

  // Returns the position of the '>' that ends the tag, or the end of the text.
  size_t read_attributes(size_t p, bool& self_closing) {
    while (p < html_.size()) {
      const char c = html_[p];
      if (c == '>') return p;
      if (is_ascii_space(c) || c == '/') {
        self_closing = c == '/' && peek(p + 1) == '>';
        ++p;
        continue;
      }
      p = read_attribute(p);
    }
    return p;
  }

  size_t read_attribute(size_t p) {
    const size_t name_start = p++; // an '=' here belongs to the name
    while (p < html_.size() && !ends_name(html_[p]) && html_[p] != '=') ++p;
    const std::string_view name = html_.substr(name_start, p - name_start);
    size_t q = p;
    while (is_ascii_space(peek(q)) && q < html_.size()) ++q;
    std::string_view value;
    if (peek(q) == '=') p = read_value(q + 1, value);
    if (attributes_.size() < kMostAttributes) attributes_.push_back({lowered(name), decoded(value)});
    return p;
  }

  size_t read_value(size_t p, std::string_view& value) {
    while (p < html_.size() && is_ascii_space(html_[p])) ++p;
    const char quote = peek(p);
    if (quote == '"' || quote == '\'') {
      const size_t close = html_.find(quote, p + 1);
      if (close == kNone) return html_.size();
      value = html_.substr(p + 1, close - p - 1);
      return close + 1;
    }
    const size_t start = p;
    while (p < html_.size() && !is_ascii_space(html_[p]) && html_[p] != '>') ++p;
    // "<br clear=all/>": the slash ends the tag, though browsers would disagree. "href=/a/" keeps it.
    const bool slash =
        peek(p) == '>' && p > start + 1 && html_[p - 1] == '/' && html_.find('/', start) == p - 1;
    if (slash) --p;
    value = html_.substr(start, p - start);
    return p;
  }

  // A string that stays where it is until the tag has been handed on.
  std::string& spare() {
    if (spares_used_ == spares_.size()) spares_.push_back(std::make_unique<std::string>());
    std::string& unused = *spares_[spares_used_++];
    unused.clear();
    return unused;
  }

  std::string_view lowered(std::string_view raw) {
    if (std::none_of(raw.begin(), raw.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) return raw;
    return spare() = ascii_lower(raw);
  }

  std::string_view decoded(std::string_view raw) {
    if (raw.find('&') == kNone) return raw;
    std::string& out = spare();
    append_decoded(raw, out);
    return out;
  }

  // `behind` is where the tag ends; after_element_ is set to where to go on.
  void open(const HtmlElement& element, bool self_closing, size_t behind) {
    after_element_ = behind;
    const TagTraits traits = traits_of(element.tag);
    if (traits.is_transparent) return;
    if (traits.is_raw || traits.is_escapable) return open_raw(element, traits, self_closing, behind);
    open_elements_.start_tag(element, traits, self_closing);
  }

  // Elements whose content is no markup. They never stay open.
  void open_raw(const HtmlElement& element, const TagTraits& traits, bool self_closing, size_t behind) {
    size_t end = behind;
    if (!self_closing) {
      end = find_end_tag(element.tag, behind);
      const bool swallows_all =
          element.tag == Tag::kScript || element.tag == Tag::kStyle || element.tag == Tag::kPlaintext;
      // An unclosed iframe or textarea swallows the rest in a browser; here it is a mistake not worth the
      // text.
      if (end == kNone) end = swallows_all ? html_.size() : behind;
    }
    open_elements_.imply_ends(element.tag, traits);
    events_.open(element);
    if (end > behind) {
      const std::string_view content = html_.substr(behind, end - behind);
      if (traits.is_escapable)
        emit(content);
      else
        events_.text(content);
    }
    events_.close(element.tag, element.name);
    after_element_ = end; // the end tag itself finds nothing open and is skipped
  }

  size_t find_end_tag(Tag tag, size_t from) {
    if (without_end_.test(static_cast<size_t>(tag))) return kNone;
    const std::string_view name = tag_name(tag);
    for (size_t at = from; (at = html_.find("</", at)) != kNone; at += 2) {
      const char behind = peek(at + 2 + name.size());
      if (starts_with_ignoring_case(html_.substr(at + 2), name) && (ends_name(behind) || behind == '\0'))
        return at;
    }
    without_end_.set(static_cast<size_t>(tag)); // nor has any later one an end: keeps the whole parse linear
    return kNone;
  }

  void emit_text(size_t from, size_t to) {
    if (cdata_end_ != kNone && cdata_end_ < to) { // the "]]>" of a section that was opened before
      if (cdata_end_ > from) emit(html_.substr(from, cdata_end_ - from));
      from = cdata_end_ < from ? from : std::min(to, cdata_end_ + 3);
      cdata_end_ = kNone;
      if (from == to) return;
    }
    emit(html_.substr(from, to - from));
  }

  void emit(std::string_view raw) {
    if (raw.find('&') == kNone) return events_.text(raw);
    text_.clear();
    append_decoded(raw, text_);
    if (!text_.empty()) events_.text(text_);
  }

  const std::string_view html_;
  HtmlEvents& events_;
  OpenElements open_elements_;
  std::vector<HtmlAttribute> attributes_;
  // Lowered names and decoded values of the tag being read, which is to find them where they were.
  std::vector<std::unique_ptr<std::string>> spares_;
  size_t spares_used_ = 0;
  std::string text_;
  size_t after_element_ = 0;
  size_t declaration_end_ = 0;
  size_t cdata_end_ = kNone;
  bool no_cdata_end_ = false;
  bool no_greater_ = false;
  std::bitset<256> without_end_; // by tag
};

} // namespace

std::optional<std::string_view> HtmlElement::attribute(std::string_view attribute_name) const {
  for (const HtmlAttribute& a : attributes) {
    if (a.name == attribute_name) return a.value;
  }
  return std::nullopt;
}

std::string_view HtmlElement::value(std::string_view attribute_name) const {
  return trim_ascii(attribute(attribute_name).value_or(std::string_view{}));
}

void parse_html(std::string_view html, HtmlEvents& events) {
  const ByteSurvey survey = survey_bytes(html);
  if (!survey.has_controls && (survey.ascii || is_valid_utf8(html))) return Parser(html, events).run();
  const std::string clean = clean_utf8(html);
  Parser(clean, events).run();
}

} // namespace circuit::text
