#include "feeds/rss/quick_date.h"

#include <algorithm>

#include "feeds/rss/ascii.h"

namespace circuit::feeds::rss {
namespace {

using std::chrono::minutes;

// A reader that fails once and stays failed, so that the forms read as they are written.
class Fields {
 public:
  explicit Fields(std::string_view text) : text_(text) {}

  int digits(size_t count) {
    int value = 0;
    for (size_t i = 0; i < count; ++i) {
      const char c = i < text_.size() ? text_[i] : '?';
      ok_ &= is_digit(c);
      value = value * 10 + (c - '0');
    }
    skip(count);
    return value;
  }

  void literal(char expected) {
    ok_ &= !text_.empty() && text_.front() == expected;
    skip(1);
  }

  unsigned month() {
    constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const size_t at = text_.size() < 3 ? std::string_view::npos : kMonths.find(text_.substr(0, 3));
    ok_ &= at != std::string_view::npos && at % 3 == 0;
    skip(3);
    return ok_ ? static_cast<unsigned>(at / 3 + 1) : 0;
  }

  // ".5", ".123456": read and kept to the microsecond.
  std::chrono::microseconds fraction() {
    if (text_.empty() || text_.front() != '.') return {};
    skip(1);
    int value = 0, count = 0;
    for (; !text_.empty() && is_digit(text_.front()); skip(1), ++count) {
      if (count < 6) value = value * 10 + (text_.front() - '0');
    }
    ok_ &= count > 0;
    for (; count < 6; ++count) value *= 10;
    return std::chrono::microseconds(value);
  }

  // "Z", "GMT", "+0100", "+01:00", at the end of the text.
  minutes zone() {
    if (text_ == "Z" || text_ == "GMT" || text_ == "UT" || text_ == "UTC") return {};
    const bool negative = !text_.empty() && text_.front() == '-';
    ok_ &= negative || (!text_.empty() && text_.front() == '+');
    skip(1);
    const int hours = digits(2);
    if (!text_.empty() && text_.front() == ':') skip(1);
    const int past_the_hour = digits(2);
    const int offset = hours * 60 + past_the_hour;
    ok_ &= text_.empty() && past_the_hour < 60 && offset <= 14 * 60;
    return minutes(negative ? -offset : offset);
  }

  bool ok() const { return ok_; }

 private:
  void skip(size_t count) { text_.remove_prefix(std::min(count, text_.size())); }

  std::string_view text_;
  bool ok_ = true;
};

struct DateTime {
  int year = 0;
  unsigned month = 0, day = 0;
  int hour = 0, minute = 0, second = 0;
};

DateTime rfc822(Fields& fields) {
  DateTime t;
  t.day = static_cast<unsigned>(fields.digits(2));
  fields.literal(' ');
  t.month = fields.month();
  fields.literal(' ');
  t.year = fields.digits(4);
  fields.literal(' ');
  return t;
}

DateTime rfc3339(Fields& fields) {
  DateTime t;
  t.year = fields.digits(4);
  fields.literal('-');
  t.month = static_cast<unsigned>(fields.digits(2));
  fields.literal('-');
  t.day = static_cast<unsigned>(fields.digits(2));
  fields.literal('T');
  return t;
}

} // namespace

std::optional<SystemTime> read_quick_date(std::string_view text) {
  if (text.size() < 20) return std::nullopt;
  const bool named_day = text[3] == ',' && text[4] == ' ';
  Fields fields(named_day ? text.substr(5) : text);
  DateTime t = named_day ? rfc822(fields) : rfc3339(fields);
  t.hour = fields.digits(2);
  fields.literal(':');
  t.minute = fields.digits(2);
  fields.literal(':');
  t.second = fields.digits(2);
  const std::chrono::microseconds fraction = named_day ? std::chrono::microseconds() : fields.fraction();
  if (named_day) fields.literal(' ');
  const minutes offset = fields.zone();
  const std::chrono::year_month_day date(std::chrono::year(t.year), std::chrono::month(t.month),
                                         std::chrono::day(t.day));
  // In the first and the last year that counts, the offset decides whether the instant does.
  const bool in_range =
      date.ok() && t.year > 1900 && t.year < 2200 && t.hour < 24 && t.minute < 60 && t.second < 60;
  if (!fields.ok() || !in_range) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(t.hour) + minutes(t.minute) +
         std::chrono::seconds(t.second) + fraction - offset;
}

} // namespace circuit::feeds::rss
