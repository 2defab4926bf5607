#pragma once
// The words of dates: months in some twenty languages, halves of the day, time zones. Private to this folder.
// Words are given case-folded (fold_word). Pure functions; any thread.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace circuit::text {

// Case-folded by Unicode's rules; ill-formed UTF-8 is left as it is.
std::string fold_word(std::string_view word);

// 1..12 for "april", "avr", "апреля", "十二月"; 0 for anything else. Names are recognized by their beginning,
// because abbreviations and case endings vary more than the stems do.
int month_of(std::string_view folded);

enum class DayHalf { kNone, kMorning, kAfternoon };
DayHalf day_half_of(std::string_view folded);

// The offset of a named zone (to be added to UTC to get local time).
std::optional<std::chrono::minutes> zone_of(std::string_view folded);

// What a number in East Asian dates counts, told by the character behind it ("2007年", "9시").
enum class DateUnit { kNone, kYear, kMonth, kDay, kHour, kMinute, kSecond };
struct UnitMark {
  DateUnit unit = DateUnit::kNone;
  size_t length = 0; // bytes of the mark
};
UnitMark unit_at(std::string_view text);

} // namespace circuit::text
