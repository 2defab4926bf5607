#include "ingest/text/dates.h"

#include <charconv>
#include <string>
#include <utility>

#include "ingest/text/ascii.h"
#include "ingest/text/dates_fields.h"
#include "ingest/text/dates_names.h"

namespace circuit::text {
namespace {

using std::chrono::microseconds;
using std::chrono::minutes;

constexpr size_t kLongestDate = 160; // bytes; anything longer is prose
constexpr int kMostWords = 8;        // that mean nothing to a date

// One left-to-right reading of a date in any notation. Each step consumes at least one byte.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : rest_(text) {}

  std::optional<SystemTime> read() {
    while (!rest_.empty()) {
      if (!step()) return std::nullopt;
    }
    return instant_of(std::move(fields_));
  }

 private:
  bool step() {
    const char c = rest_.front();
    if (is_ascii_digit(c)) return read_number();
    if (c == '(') return skip_comment();
    if ((c == '+' || c == '-') && fields_.hour && read_offset()) return true;
    if (rest_.starts_with("\xE2\x88\x92") && fields_.hour) { // U+2212, a minus sign that typesets well
      rest_.remove_prefix(2);
      return read_offset_after_sign(-1) || true;
    }
    if (is_ascii_alpha(c) || static_cast<unsigned char>(c) >= 0x80) return read_word();
    rest_.remove_prefix(1);
    return true;
  }

  bool skip_comment() {
    const size_t close = rest_.find(')');
    rest_.remove_prefix(close == std::string_view::npos ? rest_.size() : close + 1);
    return true;
  }

  DateNumber take_digits(size_t most) {
    DateNumber n;
    while (!rest_.empty() && is_ascii_digit(rest_.front()) && n.digits < static_cast<int>(most)) {
      n.value = n.value * 10 + (rest_.front() - '0');
      ++n.digits;
      rest_.remove_prefix(1);
    }
    return n;
  }

  size_t digits_ahead(size_t from = 0) const {
    size_t count = 0;
    while (from + count < rest_.size() && is_ascii_digit(rest_[from + count])) ++count;
    return count;
  }

  char ahead(size_t at) const { return at < rest_.size() ? rest_[at] : '\0'; }

  bool read_number() {
    const size_t digits = digits_ahead();
    if (digits > 14) return false;
    if (!fields_.has_date() && fields_.numbers.empty() && read_compact_date(digits)) return true;
    if (digits > 4) return false;
    if (digits <= 2 && ahead(digits) == ':') return read_clock();
    if (read_labelled(digits)) return true;
    if (!fields_.has_date() && read_numeric_date(digits)) return true;
    if (digits <= 2 && read_bare_hour(digits)) return true;
    if (fields_.numbers.size() >= 6) return false;
    fields_.numbers.push_back(take_digits(4));
    return true;
  }

  // YYYYMMDD, YYYYDDD, YYYYWwwD and, without a separator, the time behind them.
  bool read_compact_date(size_t digits) {
    if (digits == 4 && to_ascii_lower(ahead(4)) == 'w' && digits_ahead(5) >= 2) {
      fields_.year = take_digits(4).value;
      rest_.remove_prefix(1);
      fields_.week = take_digits(2).value;
      if (is_ascii_digit(ahead(0))) fields_.day = take_digits(1).value;
      return true;
    }
    if (digits != 7 && digits != 8 && digits != 12 && digits != 14) return false;
    fields_.year = take_digits(4).value;
    if (digits == 7) {
      fields_.day_of_year = take_digits(3).value;
      return true;
    }
    fields_.month = take_digits(2).value;
    fields_.day = take_digits(2).value;
    return digits == 8 || read_clock();
  }

  // "2007年", "9시": the number says itself what it is.
  bool read_labelled(size_t digits) {
    const UnitMark mark = unit_at(rest_.substr(digits));
    if (mark.unit == DateUnit::kNone) return false;
    const DateNumber n = take_digits(4);
    rest_.remove_prefix(mark.length);
    switch (mark.unit) {
      case DateUnit::kYear:
        fields_.year = full_year(n);
        break;
      case DateUnit::kMonth:
        fields_.month = n.value;
        break;
      case DateUnit::kDay:
        fields_.day = n.value;
        break;
      case DateUnit::kHour:
        fields_.hour = n.value;
        break;
      case DateUnit::kMinute:
        fields_.minute = n.value;
        break;
      case DateUnit::kSecond:
        fields_.second = n.value;
        break;
      case DateUnit::kNone:
        break;
    }
    return true;
  }

  // Numbers joined by -, / or . in the order that their lengths and the separator suggest.
  bool read_numeric_date(size_t digits) {
    size_t at = digits;
    const auto separator_at = [&](size_t i) {
      const char c = ahead(i);
      if (c != '-' && c != '/' && c != '.') return '\0';
      size_t behind = i + 1; // "2012. 4. 5." has spaces
      while (c == '.' && ahead(behind) == ' ') ++behind;
      return is_ascii_digit(ahead(behind)) || (c == '-' && to_ascii_lower(ahead(behind)) == 'w') ? c : '\0';
    };
    const char separator = separator_at(at);
    if (separator == '\0') return false;
    if (fields_.month && separator == '.') return false; // "5 avril 2012. 14.30"

    const DateNumber first = take_digits(4);
    skip_separator();
    if (first.digits == 4 && to_ascii_lower(ahead(0)) == 'w') return read_week(first);
    const DateNumber second = take_digits(4);
    if (separator_at(0) == separator) {
      skip_separator();
      return set_date(first, second, take_digits(4), separator);
    }
    if (first.digits == 4 && second.digits == 3) {
      fields_.day_of_year = second.value;
    } else if (first.digits == 4 && second.digits <= 2) {
      fields_.month = second.value;
    } else if (first.digits <= 2 && second.digits == 4) { // "04/2012"
      fields_.month = first.value;
      fields_.year = second.value;
      return true;
    } else {
      return false;
    }
    fields_.year = first.value;
    return true;
  }

  void skip_separator() {
    rest_.remove_prefix(1);
    while (ahead(0) == ' ') rest_.remove_prefix(1);
  }

  bool read_week(DateNumber year) {
    rest_.remove_prefix(1);
    fields_.year = year.value;
    fields_.week = take_digits(2).value;
    if (ahead(0) == '-' && is_ascii_digit(ahead(1))) {
      rest_.remove_prefix(1);
      fields_.day = take_digits(1).value;
    }
    return true;
  }

  bool set_date(DateNumber a, DateNumber b, DateNumber c, char separator) {
    DateNumber year = c, month = b, day = a; // day first, as most of the world writes
    if (a.digits >= 3) {
      year = a, month = b, day = c;
      if (month.value > 12 && day.value <= 12) std::swap(month, day);
    } else if (c.digits >= 3) {
      if (separator == '/' && a.value <= 12) month = a, day = b; // the American order
      if (month.value > 12 && day.value <= 12) std::swap(month, day);
    } else if (separator == '-') {
      year = a, month = b, day = c; // ISO 8601 with the century left out
      if (month.value > 12 || day.value > 31) year = c, month = b, day = a;
    } else if (separator == '/' && a.value <= 12) {
      month = a, day = b;
    }
    fields_.year = full_year(year);
    fields_.month = month.value;
    fields_.day = day.value;
    return true;
  }

  // "5 pm", "5pm", "14h30", and "14.30" once there is a date.
  bool read_bare_hour(size_t digits) {
    if (fields_.hour) return false;
    size_t at = digits;
    while (ahead(at) == ' ') ++at;
    const char c = to_ascii_lower(ahead(at));
    const bool half =
        (c == 'a' || c == 'p') && (to_ascii_lower(ahead(at + 1)) == 'm' ||
                                   (ahead(at + 1) == '.' && to_ascii_lower(ahead(at + 2)) == 'm'));
    if (half && !is_ascii_alpha(ahead(at + (ahead(at + 1) == '.' ? 3 : 2)))) {
      fields_.hour = take_digits(2).value;
      return true;
    }
    if (c == 'h' && !is_ascii_alpha(ahead(at + 1))) {
      fields_.hour = take_digits(2).value;
      rest_.remove_prefix(at - digits + 1);
      while (ahead(0) == ' ') rest_.remove_prefix(1);
      if (digits_ahead() == 2) fields_.minute = take_digits(2).value;
      return true;
    }
    const bool date_is_known = fields_.has_date() || (fields_.month && fields_.numbers.size() >= 2);
    return date_is_known && ahead(digits) == '.' && digits_ahead(digits + 1) == 2 && read_clock();
  }

  // HH[:MM[:SS[.fraction]]], HHMM[SS[.fraction]]; stands at a digit.
  bool read_clock() {
    if (fields_.hour) return false;
    const bool compact = digits_ahead() >= 4;
    fields_.hour = take_digits(2).value;
    if (compact) {
      fields_.minute = take_digits(2).value;
      if (digits_ahead() >= 2) fields_.second = take_digits(2).value;
    } else if (const char separator = ahead(0);
               (separator == ':' || separator == '.') && is_ascii_digit(ahead(1))) {
      rest_.remove_prefix(1);
      fields_.minute = take_digits(2).value;
      if ((ahead(0) == ':' || ahead(0) == separator) && is_ascii_digit(ahead(1))) {
        rest_.remove_prefix(1);
        fields_.second = take_digits(2).value;
      }
    }
    if ((ahead(0) == '.' || ahead(0) == ',') && is_ascii_digit(ahead(1))) read_fraction();
    return true;
  }

  void read_fraction() {
    rest_.remove_prefix(1);
    int64_t value = 0;
    int64_t unit = 1'000'000;
    for (; is_ascii_digit(ahead(0)); rest_.remove_prefix(1)) {
      if (unit == 1) continue; // finer than a microsecond
      value = value * 10 + (ahead(0) - '0');
      unit /= 10;
    }
    fields_.fraction = microseconds(value * unit);
  }

  bool read_offset() {
    const int sign = rest_.front() == '-' ? -1 : 1;
    return read_offset_after_sign(sign);
  }

  // +HH, +HHMM, +HH:MM, +H; the sign is the next byte.
  bool read_offset_after_sign(int sign) {
    rest_.remove_prefix(1);
    const size_t digits = digits_ahead();
    if (digits == 0 || digits > 4) return true;
    const DateNumber hours = take_digits(digits == 3 ? 1 : 2);
    DateNumber mins = take_digits(2);
    if (mins.digits == 0 && (ahead(0) == ':' || ahead(0) == '.') && digits_ahead(1) == 2) {
      rest_.remove_prefix(1);
      mins = take_digits(2);
    }
    if (hours.value > 18 || mins.value > 59) return true; // no such place: taken as UTC
    fields_.offset = minutes(sign * (hours.value * 60 + mins.value));
    return true;
  }

  bool read_word() {
    size_t length = 0;
    while (length < rest_.size() &&
           (is_ascii_alpha(rest_[length]) || static_cast<unsigned char>(rest_[length]) >= 0x80)) {
      ++length;
    }
    // "a.m.", "μ.μ."
    while (ahead(length) == '.' && length <= 2 && to_ascii_lower(ahead(length + 1)) == 'm') length += 2;
    const std::string word = fold_word(rest_.substr(0, length));
    rest_.remove_prefix(length);

    if (word == "t" && is_ascii_digit(ahead(0)) && !fields_.hour) return read_clock();
    if (const DayHalf half = day_half_of(word); half != DayHalf::kNone) {
      fields_.half = half;
      return true;
    }
    if (fields_.hour && !fields_.named_zone) {
      if ((fields_.named_zone = zone_of(word))) return true;
    }
    // The last one counts: a day of the week that is spelled like a month ("mar." is Tuesday, too) comes
    // before it.
    if (const int month = month_of(word); month != 0) {
      fields_.month = month;
      return true;
    }
    return ++unknown_words_ <= kMostWords;
  }

  std::string_view rest_;
  DateFields fields_;
  int unknown_words_ = 0;
};

// Ten digits and more count seconds, milliseconds or microseconds; all such instants lie between 2001 and
// 2286.
std::optional<SystemTime> unix_time(std::string_view text) {
  const std::string_view whole = text.substr(0, text.find('.'));
  int64_t count = 0;
  const auto [end, error] = std::from_chars(whole.data(), whole.data() + whole.size(), count);
  if (error != std::errc() || end != whole.data() + whole.size() || count < 0) return std::nullopt;
  for (const char c : text.substr(whole.size())) {
    if (!is_ascii_digit(c) && c != '.') return std::nullopt;
  }
  if (whole.size() == 10) return SystemTime(std::chrono::seconds(count));
  if (whole.size() == 13) return SystemTime(std::chrono::milliseconds(count));
  if (whole.size() == 16) return SystemTime(microseconds(count));
  return std::nullopt;
}

} // namespace

std::optional<SystemTime> parse_date(std::string_view text) {
  text = trim_ascii(text);
  if (text.empty() || text.size() > kLongestDate) return std::nullopt;
  if (const std::optional<SystemTime> instant = unix_time(text))
    return is_plausible(*instant) ? instant : std::nullopt;
  return DateReader(text).read();
}

} // namespace circuit::text
