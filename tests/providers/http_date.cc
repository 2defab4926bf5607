#include "tests/providers/http_date.h"

#include <array>
#include <cstdio>

namespace circuit::providers {
namespace {

namespace chrono = std::chrono;
constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 7> kLongDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                  "Thursday", "Friday", "Saturday"};
constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct DateFields {
  int year, month, day, hour, minute, second, weekday;
};

DateFields fields_of(SystemTime time) {
  const auto days = chrono::floor<chrono::days>(time);
  const chrono::year_month_day date(days);
  const chrono::hh_mm_ss clock(chrono::floor<chrono::seconds>(time - days));
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(clock.hours().count()),
          static_cast<int>(clock.minutes().count()),
          static_cast<int>(clock.seconds().count()),
          static_cast<int>(chrono::weekday(days).c_encoding())};
}

std::optional<SystemTime> time_of(const DateFields& f) {
  const chrono::year_month_day date{chrono::year(f.year), chrono::month(static_cast<unsigned>(f.month)),
                                    chrono::day(static_cast<unsigned>(f.day))};
  if (!date.ok() || f.hour > 23 || f.minute > 59 || f.second > 60) return std::nullopt;
  return SystemTime(chrono::sys_days(date)) + chrono::hours(f.hour) + chrono::minutes(f.minute) +
         chrono::seconds(f.second);
}

// Reads the grammar from left to right; each step reports whether the text fits.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}
  bool literal(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  template <size_t N>
  bool name(const std::array<const char*, N>& names, int* index) {
    for (size_t i = 0; i < N; ++i) {
      if (!literal(names[i])) continue;
      *index = static_cast<int>(i);
      return true;
    }
    return false;
  }
  bool digits(size_t count, int* value) {
    if (rest_.size() < count) return false;
    *value = 0;
    for (size_t i = 0; i < count; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return false;
      *value = *value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return true;
  }
  bool clock(DateFields* f) {
    return digits(2, &f->hour) && literal(":") && digits(2, &f->minute) && literal(":") &&
           digits(2, &f->second);
  }
  bool month(DateFields* f) {
    if (!name(kMonths, &f->month)) return false;
    ++f->month;
    return true;
  }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::optional<SystemTime> parse_fixdate(Reader in) {
  DateFields f{};
  const bool fits = in.name(kDays, &f.weekday) && in.literal(", ") && in.digits(2, &f.day) &&
                    in.literal(" ") && in.month(&f) && in.literal(" ") && in.digits(4, &f.year) &&
                    in.literal(" ") && in.clock(&f) && in.literal(" GMT") && in.at_end();
  return fits ? time_of(f) : std::nullopt;
}

std::optional<SystemTime> parse_rfc850(Reader in, SystemTime now) {
  DateFields f{};
  const bool fits = in.name(kLongDays, &f.weekday) && in.literal(", ") && in.digits(2, &f.day) &&
                    in.literal("-") && in.month(&f) && in.literal("-") && in.digits(2, &f.year) &&
                    in.literal(" ") && in.clock(&f) && in.literal(" GMT") && in.at_end();
  if (!fits) return std::nullopt;
  // What looks more than 50 years ahead is the most recent past year with these digits.
  const int this_year = fields_of(now).year;
  f.year += this_year / 100 * 100;
  if (f.year > this_year + 50) f.year -= 100;
  return time_of(f);
}

std::optional<SystemTime> parse_asctime(Reader in) {
  DateFields f{};
  if (!(in.name(kDays, &f.weekday) && in.literal(" ") && in.month(&f) && in.literal(" ")))
    return std::nullopt;
  const bool one_digit = in.literal(" ");
  const bool fits = in.digits(one_digit ? 1 : 2, &f.day) && in.literal(" ") && in.clock(&f) &&
                    in.literal(" ") && in.digits(4, &f.year) && in.at_end();
  return fits ? time_of(f) : std::nullopt;
}

std::string rfc822_with(SystemTime time, std::string_view zone) {
  const DateFields f = fields_of(time);
  char out[64];
  const int size = std::snprintf(out, sizeof out, "%s, %02d %s %04d %02d:%02d:%02d %.*s", kDays[f.weekday],
                                 f.day, kMonths[f.month - 1], f.year, f.hour, f.minute, f.second,
                                 static_cast<int>(zone.size()), zone.data());
  return std::string(out, static_cast<size_t>(size));
}

} // namespace

std::string format_http_date(SystemTime time) { return rfc822_with(time, "GMT"); }

std::string format_rfc822_date(SystemTime time, std::string_view zone) { return rfc822_with(time, zone); }

std::string format_rfc3339_date(SystemTime time) {
  const DateFields f = fields_of(time);
  char out[64];
  const int size = std::snprintf(out, sizeof out, "%04d-%02d-%02dT%02d:%02d:%02dZ", f.year, f.month, f.day,
                                 f.hour, f.minute, f.second);
  return std::string(out, static_cast<size_t>(size));
}

std::optional<SystemTime> parse_http_date(std::string_view text, SystemTime now) {
  if (auto time = parse_fixdate(Reader(text))) return time;
  if (auto time = parse_rfc850(Reader(text), now)) return time;
  return parse_asctime(Reader(text));
}

} // namespace circuit::providers
