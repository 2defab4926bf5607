#include "feeds/rss/sniff.h"

#include <algorithm>
#include <array>

#include "feeds/rss/ascii.h"

namespace circuit::feeds::rss {
namespace {

using namespace std::string_view_literals;

constexpr size_t kSampleBytes = 256;

struct Magic {
  std::string_view bytes;
  const char* kind;
};
constexpr auto kMagic = std::to_array<Magic>({
    {"\x1F\x8B"sv, "a gzip stream whose Content-Encoding was not declared"},
    {"\x28\xB5\x2F\xFD"sv, "a zstd stream whose Content-Encoding was not declared"},
    {"PK\x03\x04"sv, "a ZIP archive"},
    {"%PDF-"sv, "a PDF file"},
    {"\x89PNG"sv, "a PNG image"},
    {"\xFF\xD8\xFF"sv, "a JPEG image"},
    {"GIF8"sv, "a GIF image"},
    {"RIFF"sv, "a RIFF file"},
    {"ID3"sv, "an MP3 file"},
    {"\x7F"
     "ELF"sv,
     "a program"},
});

// UTF-16 and UTF-32 markup: every second byte or more is zero, and some character is '<' or '{'.
bool is_wide_text(std::string_view sample) {
  const auto zeros = static_cast<size_t>(std::count(sample.begin(), sample.end(), '\0'));
  const bool has_mark = sample.starts_with("\xFF\xFE") || sample.starts_with("\xFE\xFF");
  return has_mark || (zeros * 3 >= sample.size() && sample.find_first_of("<{") != std::string_view::npos);
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 && !is_space(c) && c != '\b' && c != '\x1B';
}

} // namespace

const char* binary_kind(std::string_view bytes) {
  for (const Magic& magic : kMagic) {
    if (bytes.starts_with(magic.bytes)) return magic.kind;
  }
  const std::string_view sample = bytes.substr(0, kSampleBytes);
  if (is_wide_text(sample)) return nullptr;
  const auto controls = static_cast<size_t>(std::count_if(sample.begin(), sample.end(), is_control));
  return controls * 10 > sample.size() ? "binary data" : nullptr;
}

TextKind text_kind(std::string_view decoded) {
  const size_t start = decoded.find_first_not_of(" \t\r\n\f");
  if (start == std::string_view::npos) return TextKind::kEmpty;
  if (decoded[start] == '{' || decoded[start] == '[') return TextKind::kJson;
  return decoded.find('<', start) == std::string_view::npos ? TextKind::kOther : TextKind::kMarkup;
}

} // namespace circuit::feeds::rss
