// The first byte chooses the base and the bound, the rest is HTML.

#include <algorithm>

#include "ingest/text/charset.h"
#include "ingest/text/html.h"
#include "tests/fuzz/target.h"

namespace circuit::fuzz {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

bool has_forbidden(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return c < 0x20 && c != '\t' && c != '\n' && c != '\r'; });
}

// Outside of code, whatever looks like a link is one.
void check_links(const std::string& markdown, const std::string& html) {
  const auto may_quote = [&](std::string_view tag) { return html.find(tag) != std::string::npos; };
  if (may_quote("<code") || may_quote("<pre") || may_quote("<tt") || may_quote("<kbd") ||
      may_quote("<samp") || may_quote("<listing") || may_quote("<xmp") || may_quote("<plaintext") ||
      may_quote("<var")) {
    return;
  }
  // An address may hold what looks like the end of a link; in its place it is none.
  if (may_quote("]") || may_quote("&#") || may_quote("&r")) return;
  const std::string seen = lower(markdown);
  for (const std::string_view link :
       {"](javascript:", "](<javascript:", "](data:", "](vbscript:", "](file:"}) {
    require(seen.find(link) == std::string::npos, "no link leads to what runs", markdown);
  }
  if (may_quote("title")) return; // a link's title may say anything: between its quotes nothing is markup
  for (size_t at = seen.find("<script"); at != std::string::npos; at = seen.find("<script", at + 1)) {
    require(at > 0 && seen[at - 1] == '\\', "Markdown holds no script", markdown);
  }
}

} // namespace

void check_input(std::string_view input) {
  Input in(input);
  const unsigned choice = in.byte();
  const std::string_view html = in.rest();
  text::HtmlOptions options;
  if ((choice & 1) != 0) options.base_url = "http://a.test/b/";

  const auto whole = text::html_to_markdown(html, options);
  require(text::is_valid_utf8(whole.markdown), "Markdown is UTF-8", whole.markdown);
  require(!has_forbidden(whole.markdown), "Markdown holds no control characters", whole.markdown);
  require(!whole.truncated, "what has no bound is not cut");
  require(whole.markdown.size() <= html.size() * 40 + 1000, "its size is bounded by the input's",
          whole.markdown);
  require(!whole.markdown.ends_with('\n'), "there is no trailing newline", whole.markdown);
  check_links(whole.markdown, lower(html));

  options.max_output_bytes = 1 + (choice >> 1) * 4;
  const auto cut = text::html_to_markdown(html, options);
  require(text::is_valid_utf8(cut.markdown), "Markdown that was cut is UTF-8", cut.markdown);
  require(cut.markdown.size() <= options.max_output_bytes, "it keeps to its bound", cut.markdown);
  require(cut.truncated || cut.markdown == whole.markdown, "what is not cut is whole",
          cut.markdown + "\n--- whole ---\n" + whole.markdown);

  const std::string plain = text::html_to_text(html);
  require(text::is_valid_utf8(plain) && !has_forbidden(plain), "text is UTF-8", plain);
  require(plain.size() <= html.size() * 3 + 10, "its size is bounded by the input's", plain);

  text::looks_like_html(html);
  text::named_entity(html);
  const std::string clean = text::clean_utf8(html);
  const std::string decoded = text::decode_entities(clean);
  require(text::is_valid_utf8(decoded), "decoding references keeps UTF-8", decoded);
  require(decoded.size() <= clean.size() * 3, "its size is bounded by the input's", decoded);
}

} // namespace circuit::fuzz
