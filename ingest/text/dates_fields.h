#pragma once
// What a date says, piece by piece, and the instant that the pieces make. Private to this folder. Pure
// functions.

#include <chrono>
#include <optional>
#include <vector>

#include "ingest/runtime/error.h"
#include "ingest/text/dates_names.h"

namespace circuit::text {

struct DateNumber {
  int value = 0;
  int digits = 0;
};

// "04" is 2004, "98" is 1998, "104" is 2004 (RFC 2822 section 4.3: struct tm written as it is).
int full_year(DateNumber number);

// Days, hours, minutes and seconds may be out of range; they roll over.
struct DateFields {
  std::optional<int> year, month, day;
  std::optional<int> day_of_year;
  std::optional<int> week; // ISO, with `day` as the weekday
  std::optional<int> hour;
  int minute = 0, second = 0;
  std::chrono::microseconds fraction{0};
  DayHalf half = DayHalf::kNone;
  std::optional<std::chrono::minutes> offset, named_zone; // to be added to UTC; the former counts
  std::vector<DateNumber> numbers; // in the order they came, without a meaning of their own

  bool has_date() const { return year && (month || day_of_year || week); }
};

// Whether it lies within 1900..2200: a date outside is more likely misread than meant.
bool is_plausible(SystemTime instant);

// nullopt where the pieces contradict each other, are not enough for a day, or lie outside 1900..2200.
std::optional<SystemTime> instant_of(DateFields fields);

} // namespace circuit::text
