#include "ingest/text/markdown_code.h"

#include "ingest/text/ascii.h"
#include "ingest/text/markdown_escape.h"

namespace circuit::text {
namespace {

constexpr size_t kLongestLanguage = 30;

// "language-cpp", "lang-cpp", "highlight-source-cpp", "brush: cpp" among the classes of a code block.
std::string_view language_of(const HtmlElement& element) {
  const std::string_view classes = element.value("class");
  for (const std::string_view mark : {"language-", "lang-", "highlight-source-", "brush:"}) {
    size_t at = classes.find(mark);
    if (at == std::string_view::npos) continue;
    at += mark.size();
    while (at < classes.size() && classes[at] == ' ') ++at;
    const auto fits = [](char c) {
      return is_ascii_alnum(c) || std::string_view("+#-_.").find(c) != std::string_view::npos;
    };
    size_t end = at;
    while (end < classes.size() && fits(classes[end]) && end - at < kLongestLanguage) ++end;
    return classes.substr(at, end - at);
  }
  return {};
}

constexpr ByteSet kToNormalize = byte_set("\r\xC2");

// Line ends as LF; no-break spaces, which would not compile, as spaces.
std::string normalized_lines(std::string_view code) {
  std::string out;
  out.reserve(code.size());
  for (size_t at = 0; at < code.size();) {
    const size_t end = find_in_set(code, kToNormalize, at);
    out += code.substr(at, end - at);
    const std::string_view rest = code.substr(end);
    at = end + 1;
    if (rest.starts_with("\xC2\xA0")) {
      out += ' ';
      ++at;
    } else if (rest.starts_with('\xC2')) {
      out += '\xC2';
    } else if (rest.starts_with('\r') && !rest.starts_with("\r\n")) {
      out += '\n';
    }
  }
  return out;
}

std::string on_one_line(std::string_view text) {
  std::string out;
  for (const char c : trim_ascii(text)) {
    if (!is_ascii_space(c))
      out += c;
    else if (out.back() != ' ')
      out += ' ';
  }
  return out;
}

} // namespace

void MarkdownCode::begin_block(const HtmlElement& pre) {
  block_depth_ = 1;
  block_.clear();
  language_ = language_of(pre);
}

void MarkdownCode::open_in_block(const HtmlElement& element) {
  if (element.tag == Tag::kPre) ++block_depth_;
  if (language_.empty()) language_ = language_of(element);
}

void MarkdownCode::close_in_block(Tag tag, MarkdownWriter& out) {
  const bool is_line = tag != Tag::kPre && traits_of(tag).is_block;
  if (is_line && !block_.empty() && block_.back() != '\n') block_ += '\n';
  if (tag != Tag::kPre || --block_depth_ > 0) return;

  std::string code = normalized_lines(block_);
  if (code.starts_with('\n')) code.erase(0, 1); // HTML ignores the one behind <pre>
  while (!code.empty() && is_ascii_space(code.back())) code.pop_back();
  if (!code.empty()) out.block(fenced_block(code, language_));
}

void MarkdownCode::end_span(MarkdownWriter& out) {
  if (span_depth_ > 0 && --span_depth_ == 0) interrupt_span(out);
}

void MarkdownCode::interrupt_span(MarkdownWriter& out) {
  if (span_.empty()) return;
  const std::string code = on_one_line(span_);
  if (is_ascii_space(span_.front())) out.space();
  if (!code.empty()) out.code(code);
  if (is_ascii_space(span_.back())) out.space();
  span_.clear();
}

} // namespace circuit::text
