// The style attribute, cut down to what cannot load, cover or escape.

#include <algorithm>
#include <array>

#include "ingest/text/ascii.h"
#include "ingest/text/html_sanitize.h"

namespace circuit::text {
namespace {

// clang-format off
constexpr auto kProperties = std::to_array<std::string_view>({
    "azimuth", "background-color", "border-bottom-color", "border-collapse", "border-color",
    "border-left-color", "border-right-color", "border-top-color", "clear", "color", "cursor", "direction",
    "display", "elevation", "float", "font", "font-family", "font-size", "font-style", "font-variant",
    "font-weight", "height", "letter-spacing", "line-height", "max-height", "max-width", "min-height",
    "min-width", "overflow", "pause", "pause-after", "pause-before", "pitch", "pitch-range", "richness",
    "speak", "speak-header", "speak-numeral", "speak-punctuation", "speech-rate", "stress", "text-align",
    "text-decoration", "text-indent", "unicode-bidi", "vertical-align", "voice-family", "volume",
    "white-space", "width",
});
// clang-format on
static_assert(std::is_sorted(kProperties.begin(), kProperties.end()));

// background-*, border-*, margin-* and padding-* are let through for these values and for lengths and colours
// only.
constexpr auto kKeywords = std::to_array<std::string_view>(
    {"!important", "aqua",   "auto",   "black",       "block",     "blue",   "bold",    "both",
     "bottom",     "brown",  "center", "collapse",    "dashed",    "dotted", "fuchsia", "gray",
     "green",      "italic", "left",   "lime",        "maroon",    "medium", "navy",    "none",
     "normal",     "nowrap", "olive",  "pointer",     "purple",    "red",    "right",   "silver",
     "solid",      "teal",   "top",    "transparent", "underline", "white",  "yellow"});
static_assert(std::is_sorted(kKeywords.begin(), kKeywords.end()));

bool is_colour_function(std::string_view text) {
  return text == "rgb" || text == "rgba" || text == "hsl" || text == "hsla";
}

// Words, numbers, strings of words and colour functions: nothing that refers, escapes or comments.
bool has_plain_value(std::string_view value) {
  size_t word_start = 0;
  for (size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (is_ascii_alnum(c) || c == '-') continue;
    if (c == '(' && !is_colour_function(ascii_lower(value.substr(word_start, i - word_start)))) return false;
    constexpr std::string_view kPunctuation = " \t\n\r\f,.%#!'\"()";
    if (kPunctuation.find(c) == std::string_view::npos) return false;
    word_start = i + 1;
  }
  return true;
}

bool is_length_or_colour(std::string_view word) {
  if (word.starts_with('#')) return true;
  if (starts_with_ignoring_case(word, "rgb(")) return true;
  size_t at = word.starts_with('-') ? 1 : 0;
  const size_t digits = at;
  while (at < word.size() && (is_ascii_digit(word[at]) || word[at] == '.')) ++at;
  if (at == digits || at - digits > 7) return false;
  const std::string unit = ascii_lower(word.substr(at));
  constexpr auto kUnits = std::to_array<std::string_view>(
      {"", "%", ",", ")", "cm", "em", "ex", "in", "mm", "pc", "pt", "px", "rem", "vh", "vw"});
  return std::find(kUnits.begin(), kUnits.end(), unit) != kUnits.end();
}

bool has_box_value(std::string_view value) {
  while (!(value = trim_ascii(value)).empty()) {
    size_t end = 0;
    while (end < value.size() && !is_ascii_space(value[end])) ++end;
    const std::string word = ascii_lower(value.substr(0, end));
    if (!std::binary_search(kKeywords.begin(), kKeywords.end(), std::string_view(word)) &&
        !is_length_or_colour(word)) {
      return false;
    }
    value.remove_prefix(end);
  }
  return true;
}

bool is_allowed(std::string_view property, std::string_view value) {
  if (value.empty() || !has_plain_value(value)) return false;
  if (std::binary_search(kProperties.begin(), kProperties.end(), property)) return true;
  const std::string_view family = property.substr(0, property.find('-'));
  const bool box = family == "background" || family == "border" || family == "margin" || family == "padding";
  return box && has_box_value(value);
}

} // namespace

std::string sanitize_style(std::string_view style) {
  std::string out;
  while (!style.empty()) {
    const size_t end = std::min(style.find(';'), style.size());
    const std::string_view declaration = style.substr(0, end);
    style.remove_prefix(std::min(end + 1, style.size()));
    const size_t colon = declaration.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string property = ascii_lower(trim_ascii(declaration.substr(0, colon)));
    std::string_view value = declaration.substr(colon + 1);
    while (!value.empty() && is_ascii_space(value.front())) value.remove_prefix(1);
    if (!is_allowed(property, value)) continue;
    if (!out.empty()) out += ' ';
    out.append(property).append(": ").append(value).append(";");
  }
  return out;
}

} // namespace circuit::text
