// Time must grow with the input and not with its square. The input is four lines: a letter for the function,
// a beginning, a unit that is repeated, and an end. In the last three "\n" stands for a line feed.

#include <algorithm>
#include <ctime>

#include "feeds/rss/discover.h"
#include "feeds/rss/identity.h"
#include "feeds/rss/normalize.h"
#include "feeds/rss/parse.h"
#include "feeds/rss/raw_json.h"
#include "ingest/text/charset.h"
#include "ingest/text/dates.h"
#include "ingest/text/html.h"
#include "ingest/text/url.h"
#include "tests/fuzz/target.h"

namespace circuit::fuzz {
namespace {

void read_feed(const std::string& bytes) {
  feeds::rss::ParseOptions options;
  options.url = "https://feeds.example/feed";
  const auto raw = feeds::rss::parse_feed(bytes, options);
  if (!raw) return;
  feeds::rss::raw_to_json(*raw);
  for (const auto& item : feeds::rss::identify_items(*raw)) feeds::rss::normalize(*raw, item, {});
}

void run(char function, const std::string& bytes) {
  const text::HtmlOptions options{.base_url = "http://a.test/"};
  switch (function) {
    case 'f':
      return read_feed(bytes);
    case 's':
      text::sanitize_html(bytes, options);
      return;
    case 'm':
      text::html_to_markdown(bytes, options);
      return;
    case 't':
      text::html_to_text(bytes);
      text::looks_like_html(bytes);
      text::decode_entities(bytes);
      return;
    case 'c':
      text::decode_markup(bytes, "");
      return;
    case 'd':
      text::parse_date(bytes);
      return;
    case 'u':
      text::resolve_url("http://a.test/b/c", bytes);
      text::resolve_url(bytes, "../x");
      text::normalize_url(bytes);
      text::loggable_url(bytes);
      return;
    default:
      feeds::rss::discover_feeds(bytes, "http://a.test/");
  }
}

struct Pattern {
  char function;
  std::string head, unit, tail;
};

double seconds_for(const Pattern& pattern, size_t bytes) {
  std::string text = pattern.head;
  while (text.size() < bytes) text += pattern.unit;
  text += pattern.tail;
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
  };
  double best = 1e9;
  for (int i = 0; i < 2; ++i) { // the better of two: other work disturbs
    const double start = now();
    run(pattern.function, text);
    best = std::min(best, now() - start);
  }
  return best;
}

constexpr double kMostGrowth = 3; // times that of the input

bool grows_too_fast(const Pattern& pattern, size_t bytes) {
  constexpr size_t kFactor = 8;
  const double longer = seconds_for(pattern, bytes * kFactor);
  constexpr double kWorthALook = 0.004;
  return longer > kWorthALook && longer > seconds_for(pattern, bytes) * kFactor * kMostGrowth;
}

std::string with_line_feeds(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text.substr(i).starts_with("\\n");
    out += escaped ? '\n' : text[i];
    i += escaped ? 1 : 0;
  }
  return out;
}

} // namespace

void check_input(std::string_view input) {
  Input in(input.substr(0, 400));
  Pattern pattern;
  const std::string_view function = in.line();
  pattern.function = function.empty() ? 'f' : function.front();
  pattern.head = with_line_feeds(in.line());
  pattern.unit = with_line_feeds(in.line());
  pattern.tail = with_line_feeds(in.line());
  if (pattern.unit.empty()) return;
  constexpr size_t kSmall = 8 << 10, kLarge = 32 << 10;
  // A second look at another size: cold caches and neighbours can spoil one.
  const bool suspicious = grows_too_fast(pattern, kSmall) && grows_too_fast(pattern, kLarge);
  require(!suspicious, "time grows with the input", input);
}

} // namespace circuit::fuzz
