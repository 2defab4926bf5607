#include "ingest/text/dates_fields.h"

#include <algorithm>

namespace circuit::text {
namespace {

using std::chrono::sys_days;

constexpr int kFirstYear = 1900;
constexpr int kLastYear = 2200;
constexpr int kMostRollover = 99; // hours, minutes, seconds: two digits

std::optional<sys_days> date_of(const DateFields& f) {
  using namespace std::chrono;
  const year y(*f.year);
  if (f.day_of_year) {
    if (*f.day_of_year < 1 || *f.day_of_year > 366) return std::nullopt;
    return sys_days(y / January / 1) + days(*f.day_of_year - 1);
  }
  if (f.week) {
    if (*f.week < 1 || *f.week > 53) return std::nullopt;
    // Week 1 is the one that holds January 4th.
    const sys_days fourth = y / January / 4;
    const sys_days monday = fourth - days(weekday(fourth).iso_encoding() - 1);
    return monday + weeks(*f.week - 1) + days(f.day.value_or(1) - 1);
  }
  const int m = f.month.value_or(1), d = f.day.value_or(1);
  if (m < 1 || m > 12 || d < 1 || d > 31) return std::nullopt;
  return sys_days(y / m / 1) + days(d - 1);
}

// Tells days from years among the numbers; false where one fits nowhere: "99 Jan 2004".
bool give_numbers_meaning(DateFields& f) {
  if (f.day_of_year || f.week) return true;
  const auto is_long = [](DateNumber n) { return n.digits >= 3; };
  const bool has_long = std::any_of(f.numbers.begin(), f.numbers.end(), is_long);
  for (const DateNumber n : f.numbers) {
    const bool can_be_day = n.digits <= 2 && n.value >= 1 && n.value <= 31;
    if (can_be_day && !f.day && f.month) {
      f.day = n.value;
    } else if (!f.year && (has_long ? is_long(n) : n.digits == 2)) {
      f.year = full_year(n);
    } else if (!f.day) {
      return false;
    }
  }
  return true;
}

} // namespace

bool is_plausible(SystemTime instant) {
  using namespace std::chrono;
  const int y = static_cast<int>(year_month_day(floor<days>(instant)).year());
  return y >= kFirstYear && y <= kLastYear;
}

int full_year(DateNumber n) {
  if (n.digits >= 4) return n.value;
  if (n.digits == 3) return n.value + 1900;
  return n.value + (n.value < 50 ? 2000 : 1900);
}

std::optional<SystemTime> instant_of(DateFields f) {
  if (!give_numbers_meaning(f) || !f.year || *f.year < kFirstYear || *f.year > kLastYear) return std::nullopt;
  int hour = f.hour.value_or(0);
  if (std::max({hour, f.minute, f.second}) > kMostRollover) return std::nullopt;
  const std::optional<sys_days> date = date_of(f);
  if (!date) return std::nullopt;
  if (f.half == DayHalf::kAfternoon && hour < 12) hour += 12;
  if (f.half == DayHalf::kMorning && hour == 12) hour = 0;
  using namespace std::chrono;
  const minutes zone = f.offset ? *f.offset : f.named_zone.value_or(minutes(0));
  const SystemTime instant =
      SystemTime(*date) + hours(hour) + minutes(f.minute) + seconds(f.second) + f.fraction - zone;
  return is_plausible(instant) ? std::optional(instant) : std::nullopt;
}

} // namespace circuit::text
