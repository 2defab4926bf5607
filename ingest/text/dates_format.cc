// Dates whose form is fixed: HTTP's three, and RFC 3339 to write.

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

#include "ingest/text/ascii.h"
#include "ingest/text/dates.h"

namespace circuit::text {
namespace {

constexpr auto kMonths = std::to_array<std::string_view>(
    {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"});

constexpr auto kWeekdays = std::to_array<std::string_view>(
    {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"});

// In full or by its first three letters. Whether it is the right one does not matter.
bool is_weekday(std::string_view word) {
  return std::any_of(kWeekdays.begin(), kWeekdays.end(), [word](std::string_view day) {
    return equals_ignoring_case(word, day) || equals_ignoring_case(word, day.substr(0, 3));
  });
}

// Reads a fixed layout piece by piece; the first mismatch fails all that follows.
class Layout {
 public:
  explicit Layout(std::string_view text) : rest_(text) {}

  bool matched() const { return ok_ && rest_.empty(); }

  Layout& literal(std::string_view expected) {
    ok_ = ok_ && starts_with_ignoring_case(rest_, expected);
    if (ok_) rest_.remove_prefix(expected.size());
    return *this;
  }

  // `digits` of them; in asctime's day a space stands for the leading zero.
  Layout& number(size_t digits, int& value, bool padded = false) {
    ok_ = ok_ && rest_.size() >= digits;
    value = 0;
    for (size_t i = 0; ok_ && i < digits; ++i) {
      const char c = rest_[i];
      if (is_ascii_digit(c)) {
        value = value * 10 + (c - '0');
      } else {
        ok_ = padded && c == ' ' && i == 0;
      }
    }
    if (ok_) rest_.remove_prefix(digits);
    return *this;
  }

  Layout& month(int& value) {
    for (size_t i = 0; i < kMonths.size(); ++i) {
      if (!starts_with_ignoring_case(rest_, kMonths[i])) continue;
      value = static_cast<int>(i) + 1;
      rest_.remove_prefix(3);
      return *this;
    }
    ok_ = false;
    return *this;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

struct Moment {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

std::optional<SystemTime> instant_of(const Moment& m) {
  using namespace std::chrono;
  const year_month_day date(year(m.year), month(static_cast<unsigned>(m.month)),
                            day(static_cast<unsigned>(m.day)));
  if (!date.ok() || m.hour > 23 || m.minute > 59 || m.second > 60 || m.year < 1900) return std::nullopt;
  return SystemTime(sys_days(date)) + hours(m.hour) + minutes(m.minute) + seconds(m.second);
}

} // namespace

std::optional<SystemTime> parse_http_date(std::string_view text) {
  text = trim_ascii(text);
  Moment m;
  const size_t comma = text.find(',');
  if (comma == std::string_view::npos) { // asctime: "Sun Nov  6 08:49:37 1994"
    const size_t space = text.find(' ');
    if (space == std::string_view::npos || !is_weekday(text.substr(0, space))) return std::nullopt;
    Layout layout(text.substr(space + 1));
    layout.month(m.month).literal(" ").number(2, m.day, true).literal(" ").number(2, m.hour).literal(":");
    layout.number(2, m.minute).literal(":").number(2, m.second).literal(" ").number(4, m.year);
    return layout.matched() ? instant_of(m) : std::nullopt;
  }
  if (!is_weekday(text.substr(0, comma))) return std::nullopt;
  const std::string_view rest = trim_ascii(text.substr(comma + 1));
  const bool rfc850 = rest.size() > 2 && rest[2] == '-'; // "06-Nov-94 08:49:37 GMT"
  const std::string_view separator = rfc850 ? "-" : " ";
  const bool long_year = rest.size() > 11 && is_ascii_digit(rest[9]) && is_ascii_digit(rest[10]);
  Layout layout(rest);
  layout.number(2, m.day).literal(separator).month(m.month).literal(separator).number(long_year ? 4 : 2,
                                                                                      m.year);
  layout.literal(" ").number(2, m.hour).literal(":").number(2, m.minute).literal(":").number(2, m.second);
  layout.literal(rest.ends_with("UTC") ? " UTC" : " GMT");
  if (!long_year) m.year += m.year < 70 ? 2000 : 1900;
  return layout.matched() ? instant_of(m) : std::nullopt;
}

std::string format_rfc3339(SystemTime time) {
  using namespace std::chrono;
  const sys_days date = floor<days>(time);
  const year_month_day ymd(date);
  const hh_mm_ss<microseconds> clock(time - date);
  char out[64];
  int length =
      std::snprintf(out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(ymd.year()),
                    static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                    static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                    static_cast<int>(clock.seconds().count()));
  std::string text(out, static_cast<size_t>(length));
  if (clock.subseconds().count() != 0) {
    length = std::snprintf(out, sizeof out, ".%06d", static_cast<int>(clock.subseconds().count()));
    text.append(out, static_cast<size_t>(length));
  }
  return text + "Z";
}

} // namespace circuit::text
