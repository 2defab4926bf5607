#include "feeds/rss/xml_prolog.h"

#include "feeds/rss/ascii.h"

namespace circuit::feeds::rss {
namespace {

size_t after(std::string_view document, std::string_view end, size_t from) {
  const size_t at = document.find(end, from);
  return at == std::string_view::npos ? document.size() : at + end.size();
}

// Behind the declaration that starts at `at`; quoted '>' and those of the internal subset do not end it.
size_t doctype_end(std::string_view document, size_t at, std::string_view& subset) {
  size_t subset_start = 0;
  for (size_t i = at; i < document.size(); ++i) {
    const char c = document[i];
    if (document.compare(i, 4, "<!--") == 0) {
      i = after(document, "-->", i) - 1;
    } else if (c == '"' || c == '\'') {
      const size_t close = document.find(c, i + 1);
      if (close == std::string_view::npos) break;
      i = close;
    } else if (c == '[' && subset_start == 0) {
      subset_start = i + 1;
    } else if (c == ']' && subset_start != 0) {
      subset = document.substr(subset_start, i - subset_start);
      subset_start = 0;
    } else if (c == '>' && subset_start == 0) {
      return i + 1;
    }
  }
  return after(document, ">", at); // it never ends: take it for as short as it can be
}

} // namespace

Prolog read_prolog(std::string_view document) {
  Prolog prolog;
  for (size_t at = 0; (at = document.find('<', at)) != std::string_view::npos;) {
    const std::string_view rest = document.substr(at);
    if (rest.starts_with("<?")) {
      at = after(document, "?>", at);
    } else if (rest.starts_with("<!--")) {
      at = after(document, "-->", at + 4);
    } else if (starts_with_ignoring_case(rest, "<!doctype")) {
      const size_t end = doctype_end(document, at, prolog.internal_subset);
      prolog.doctype = document.substr(at, end - at);
      at = end;
    } else if (rest.size() > 1 && (is_letter(rest[1]) || rest[1] == '_')) {
      size_t length = 1;
      while (length < rest.size() && !is_space(rest[length]) && rest[length] != '>' && rest[length] != '/')
        ++length;
      prolog.root = rest.substr(1, length - 1);
      return prolog;
    } else {
      ++at;
    }
  }
  return prolog;
}

} // namespace circuit::feeds::rss
