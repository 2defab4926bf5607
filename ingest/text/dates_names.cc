#include "ingest/text/dates_names.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <utility>

#include "ingest/text/ascii.h"
#include "ingest/text/utf8.h"

namespace circuit::text {
namespace {

struct Stem {
  std::string_view text;
  int month;
};

// Grouped by month; a longer stem stands before a shorter one that it begins with and whose month differs.
constexpr auto kMonthStems = std::to_array<Stem>(
    {// en de fr es it pt nl pl ru sv da no fi cs hu el tr uk ro
     {"jan", 1},      {"jän", 1},     {"ene", 1},      {"gen", 1},     {"stycz", 1},  {"sty", 1},
     {"янв", 1},      {"tammi", 1},   {"led", 1},      {"ιαν", 1},     {"oca", 1},    {"січ", 1},
     {"ian", 1},      {"sij", 1},     {"feb", 2},      {"fév", 2},     {"fev", 2},    {"lut", 2},
     {"фев", 2},      {"helmi", 2},   {"úno", 2},      {"uno", 2},     {"φεβ", 2},    {"şub", 2},
     {"лют", 2},      {"velj", 2},    {"sub", 2},      {"mar", 3},     {"mär", 3},    {"maer", 3},
     {"mrz", 3},      {"maart", 3},   {"mrt", 3},      {"мар", 3},     {"maalis", 3}, {"bře", 3},
     {"bre", 3},      {"már", 3},     {"μαρ", 3},      {"μάρ", 3},     {"бер", 3},    {"mzo", 3},
     {"apr", 4},      {"avr", 4},     {"abr", 4},      {"kwie", 4},    {"kwi", 4},    {"апр", 4},
     {"huhti", 4},    {"dub", 4},     {"ápr", 4},      {"απρ", 4},     {"nis", 4},    {"кві", 4},
     {"may", 5},      {"mai", 5},     {"mag", 5},      {"mei", 5},     {"maj", 5},    {"май", 5},
     {"мая", 5},      {"touko", 5},   {"kvě", 5},      {"kve", 5},     {"máj", 5},    {"μαϊ", 5},
     {"μαΐ", 5},      {"μάι", 5},     {"μαι", 5},      {"тра", 5},     {"juin", 6},   {"jun", 6},
     {"giu", 6},      {"czerw", 6},   {"cze", 6},      {"июн", 6},     {"kesä", 6},   {"kesa", 6},
     {"červenec", 7}, {"červenc", 7}, {"cervenec", 7}, {"cervenc", 7}, {"červ", 6},   {"cerv", 6},
     {"čvn", 6},      {"jún", 6},     {"ιουν", 6},     {"ιούν", 6},    {"haz", 6},    {"чер", 6},
     {"iun", 6},      {"juil", 7},    {"jul", 7},      {"lug", 7},     {"lip", 7},    {"июл", 7},
     {"heinä", 7},    {"heina", 7},   {"čvc", 7},      {"júl", 7},     {"ιουλ", 7},   {"ιούλ", 7},
     {"tem", 7},      {"лип", 7},     {"iul", 7},      {"aug", 8},     {"aoû", 8},    {"aou", 8},
     {"ago", 8},      {"sierp", 8},   {"sie", 8},      {"авг", 8},     {"elok", 8},   {"srp", 8},
     {"αυγ", 8},      {"αύγ", 8},     {"ağu", 8},      {"agu", 8},     {"сер", 8},    {"sep", 9},
     {"set", 9},      {"wrz", 9},     {"сен", 9},      {"syys", 9},    {"zář", 9},    {"zar", 9},
     {"szept", 9},    {"σεπ", 9},     {"eyl", 9},      {"вер", 9},     {"oct", 10},   {"okt", 10},
     {"ott", 10},     {"out", 10},    {"paź", 10},     {"pazdz", 10},  {"окт", 10},   {"loka", 10},
     {"říj", 10},     {"rij", 10},    {"οκτ", 10},     {"eki", 10},    {"жов", 10},   {"nov", 11},
     {"lis", 11},     {"ноя", 11},    {"ное", 11},     {"marras", 11}, {"νοε", 11},   {"νοέ", 11},
     {"kas", 11},     {"noi", 11},    {"dec", 12},     {"déc", 12},    {"dic", 12},   {"dez", 12},
     {"gru", 12},     {"дек", 12},    {"joulu", 12},   {"pros", 12},   {"δεκ", 12},   {"ara", 12},
     {"гру", 12},     {"十一月", 11}, {"十二月", 12},  {"十月", 10},   {"一月", 1},   {"二月", 2},
     {"三月", 3},     {"四月", 4},    {"五月", 5},     {"六月", 6},    {"七月", 7},   {"八月", 8},
     {"九月", 9}});

// Days of the week, and other words, that begin as a month does.
constexpr auto kNotMonths = std::to_array<std::string_view>(
    {"mardi", "martes", "marted", "marți", "marti", "середа", "genau", "seta"});

using Zone = std::pair<std::string_view, int>; // minutes east of Greenwich

constexpr auto kZones = std::to_array<Zone>(
    {{"acdt", 630},  {"acst", 570}, {"adt", -180}, {"aedt", 660}, {"aest", 600}, {"akdt", -480},
     {"akst", -540}, {"art", -180}, {"ast", -240}, {"at", -240},  {"awst", 480}, {"brst", -120},
     {"brt", -180},  {"bst", 60},   {"cat", 120},  {"cdt", -300}, {"cest", 120}, {"cet", 60},
     {"clst", -180}, {"clt", -240}, {"cot", -300}, {"cst", -360}, {"ct", -360},  {"eat", 180},
     {"edt", -240},  {"eest", 180}, {"eet", 120},  {"est", -300}, {"et", -300},  {"gmt", 0},
     {"gst", 240},   {"hkt", 480},  {"hst", -600}, {"ict", 420},  {"idt", 180},  {"ist", 330},
     {"jst", 540},   {"kst", 540},  {"mdt", -360}, {"mest", 120}, {"mesz", 120}, {"met", 60},
     {"mez", 60},    {"msd", 240},  {"msk", 180},  {"mst", -420}, {"mt", -420},  {"ndt", -150},
     {"npt", 345},   {"nst", -210}, {"nzdt", 780}, {"nzst", 720}, {"pdt", -420}, {"pht", 480},
     {"pkt", 300},   {"pst", -480}, {"pt", -480},  {"sast", 120}, {"sgt", 480},  {"trt", 180},
     {"ut", 0},      {"utc", 0},    {"wast", 120}, {"wat", 60},   {"west", 60},  {"wet", 0},
     {"wib", 420},   {"wita", 480}, {"z", 0},      {"мск", 180}});
static_assert(std::is_sorted(kZones.begin(), kZones.end()));

// RFC 822 section 5: A is one hour behind UTC, M twelve; N one ahead, Y twelve; there is no J.
std::optional<std::chrono::minutes> military_zone(char letter) {
  if (letter == 'j' || letter < 'a' || letter > 'z') return std::nullopt;
  if (letter == 'z') return std::chrono::hours(0);
  if (letter < 'j') return std::chrono::hours(-(letter - 'a' + 1));
  if (letter <= 'm') return std::chrono::hours(-(letter - 'a'));
  return std::chrono::hours(letter - 'n' + 1);
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

} // namespace

std::string fold_word(std::string_view word) {
  std::string folded;
  folded.reserve(word.size());
  const char* p = word.data();
  const char* const end = p + word.size();
  while (p < end) {
    if (sequence_length(p, end) == 0) {
      folded += *p++;
    } else {
      append_utf8(folded, static_cast<char32_t>(
                              u_foldCase(static_cast<UChar32>(next_code_point(p)), U_FOLD_CASE_DEFAULT)));
    }
  }
  return folded;
}

int month_of(std::string_view folded) {
  for (const std::string_view word : kNotMonths) {
    if (folded.starts_with(word)) return 0;
  }
  for (const Stem& stem : kMonthStems) {
    if (folded.starts_with(stem.text)) return stem.month;
  }
  return 0;
}

DayHalf day_half_of(std::string_view folded) {
  if (folded == "am" || folded == "a.m" || folded == "vorm" || folded == "πμ" || folded == "π.μ")
    return DayHalf::kMorning;
  if (folded == "pm" || folded == "p.m" || folded == "nachm" || folded == "μμ" || folded == "μ.μ")
    return DayHalf::kAfternoon;
  for (const std::string_view mark : {"오전", "午前", "上午"}) {
    if (contains(folded, mark)) return DayHalf::kMorning;
  }
  for (const std::string_view mark : {"오후", "午後", "下午"}) {
    if (contains(folded, mark)) return DayHalf::kAfternoon;
  }
  return DayHalf::kNone;
}

std::optional<std::chrono::minutes> zone_of(std::string_view folded) {
  if (folded.size() == 1) return military_zone(folded.front());
  const auto at = std::lower_bound(kZones.begin(), kZones.end(), folded,
                                   [](const Zone& zone, std::string_view name) { return zone.first < name; });
  if (at == kZones.end() || at->first != folded) return std::nullopt;
  return std::chrono::minutes(at->second);
}

UnitMark unit_at(std::string_view text) {
  constexpr auto kMarks = std::to_array<std::pair<std::string_view, DateUnit>>({{"年", DateUnit::kYear},
                                                                                {"년", DateUnit::kYear},
                                                                                {"月", DateUnit::kMonth},
                                                                                {"월", DateUnit::kMonth},
                                                                                {"日", DateUnit::kDay},
                                                                                {"일", DateUnit::kDay},
                                                                                {"號", DateUnit::kDay},
                                                                                {"号", DateUnit::kDay},
                                                                                {"時", DateUnit::kHour},
                                                                                {"时", DateUnit::kHour},
                                                                                {"시", DateUnit::kHour},
                                                                                {"點", DateUnit::kHour},
                                                                                {"点", DateUnit::kHour},
                                                                                {"分", DateUnit::kMinute},
                                                                                {"분", DateUnit::kMinute},
                                                                                {"秒", DateUnit::kSecond},
                                                                                {"초", DateUnit::kSecond}});
  size_t spaces = 0;
  while (spaces < text.size() && text[spaces] == ' ') ++spaces;
  for (const auto& [mark, unit] : kMarks) {
    if (text.substr(spaces).starts_with(mark)) return {unit, spaces + mark.size()};
  }
  return {};
}

} // namespace circuit::text
