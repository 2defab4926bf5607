#include "feeds/rss/references.h"

#include <array>
#include <cstdint>
#include <cstring>

#include "feeds/rss/ascii.h"
#include "feeds/rss/raw_storage.h"
#include "ingest/text/html.h"

namespace circuit::feeds::rss {
namespace {

constexpr size_t kMostEntities = 256;
constexpr size_t kLongestEntityValue = 1024;
constexpr size_t kMostExpandedBytes = 1 << 20;
constexpr size_t kLongestReference = 40; // HTML's longest has 31

// Numeric references to C1 controls mean windows-1252. 0: the code point has no character there.
constexpr std::array<char16_t, 32> kWindows1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

size_t encode(uint32_t c, char* out) {
  if (c >= 0x80 && c < 0xA0 && kWindows1252[c - 0x80] != 0) c = kWindows1252[c - 0x80];
  if (c == 0 || (c >= 0xD800 && c < 0xE000) || c > 0x10FFFF || c == 0xFFFE || c == 0xFFFF) c = 0xFFFD;
  if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') return 0;
  if (c < 0x80) {
    out[0] = static_cast<char>(c);
    return 1;
  }
  const size_t more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  constexpr std::array<uint8_t, 4> kLead = {0, 0xC0, 0xE0, 0xF0};
  for (size_t i = more; i > 0; --i, c >>= 6) out[i] = static_cast<char>(0x80 | (c & 0x3F));
  out[0] = static_cast<char>(kLead[more] | c);
  return more + 1;
}

std::string_view xml_entity(std::string_view name) {
  if (name == "lt") return "<";
  if (name == "gt") return ">";
  if (name == "amp") return "&";
  if (name == "quot") return "\"";
  if (name == "apos") return "'";
  // XHTML's DTDs, which is where XML documents have these names from, mean the technical brackets; HTML 5
  // does not.
  if (name == "lang") return "\u2329";
  if (name == "rang") return "\u232A";
  return {};
}

// What escaped HTML is full of.
struct Common {
  std::string_view source;
  char meaning;
};
constexpr auto kCommon =
    std::to_array<Common>({{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&#39;", '\''}});

// Compared byte by byte: so few that a call would cost more.
const Common* common_reference(std::string_view text) {
  if (text.size() < 4) return nullptr;
  const Common& candidate = kCommon[text[1] == 'l'   ? 0
                                    : text[1] == 'g' ? 1
                                    : text[1] == 'a' ? 2
                                    : text[1] == 'q' ? 3
                                                     : 4];
  if (text.size() < candidate.source.size()) return nullptr;
  for (size_t i = 1; i < candidate.source.size(); ++i) {
    if (text[i] != candidate.source[i]) return nullptr;
  }
  return &candidate;
}

// Moves the bytes up to the next '&' down from `read` to `write`, eight at a time: the gaps are too short for
// a call.
void move_to_reference(char*& write, char*& read, const char* end) {
  constexpr uint64_t kOnes = 0x0101010101010101, kHigh = 0x8080808080808080;
  while (end - read >= 8) {
    uint64_t word;
    std::memcpy(&word, read, 8);
    const uint64_t difference = word ^ (kOnes * '&');
    if (((difference - kOnes) & ~difference & kHigh) != 0) break;
    std::memcpy(write, &word, 8); // never ahead of what was read
    write += 8;
    read += 8;
  }
  while (read < end && *read != '&') *write++ = *read++;
}

bool is_name_character(char c) {
  return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.' || c == ':';
}

} // namespace

// What one reference stands for: `text`, or the `encoded` bytes. `source_size` 0: it is no reference.
struct References::Replacement {
  size_t source_size = 0;
  std::string_view text;
  std::array<char, 4> encoded{};
  size_t encoded_size = 0;
  bool numeric = false;

  std::string_view view() const { return numeric ? std::string_view(encoded.data(), encoded_size) : text; }
};

// `text` starts with '&'.
References::Replacement References::reference_at(std::string_view text) const {
  Replacement found;
  if (text.size() < 3) return found;
  if (text[1] == '#') {
    const bool hex = text[2] == 'x' || text[2] == 'X';
    size_t at = hex ? 3 : 2;
    const size_t first = at;
    uint32_t value = 0;
    for (; at < text.size(); ++at) {
      const char c = to_lower(text[at]);
      const bool letter = hex && c >= 'a' && c <= 'f';
      if (!is_digit(c) && !letter) break;
      if (value < 0x1000000)
        value = value * (hex ? 16 : 10) + static_cast<uint32_t>(letter ? c - 'a' + 10 : c - '0');
    }
    if (at == first || at == text.size() || text[at] != ';') return found;
    found.numeric = true;
    found.encoded_size = encode(value, found.encoded.data());
    found.source_size = at + 1;
    return found;
  }
  size_t at = 1;
  while (at < text.size() && at <= kLongestReference && is_name_character(text[at])) ++at;
  if (at == 1 || at == text.size() || text[at] != ';') return found;
  const std::string_view name = text.substr(1, at - 1);
  found.text = xml_entity(name);
  if (found.text.empty()) found.text = declared(name);
  if (found.text.empty()) found.text = text::named_entity(name);
  if (!found.text.empty()) found.source_size = at + 1;
  return found;
}

std::string_view References::declared(std::string_view name) const {
  for (const auto& [known, value] : declared_) {
    if (known != name) continue;
    if (expanded_bytes_ + value.size() > kMostExpandedBytes) return {};
    expanded_bytes_ += value.size();
    return value;
  }
  return {};
}

// Accepts <!ENTITY name "literal">, where the literal may be one numeric reference; no parameter or external
// entities.
void References::declare(std::string_view subset) {
  constexpr std::string_view kOpen = "<!ENTITY";
  for (size_t at = 0;
       (at = subset.find(kOpen, at)) != std::string_view::npos && declared_.size() < kMostEntities;) {
    at += kOpen.size();
    std::string_view rest = trim(subset.substr(at));
    size_t length = 0;
    while (length < rest.size() && is_name_character(rest[length])) ++length;
    const std::string_view name = rest.substr(0, length);
    rest = trim(rest.substr(length));
    if (name.empty() || rest.empty() || (rest.front() != '"' && rest.front() != '\'')) continue;
    const size_t close = rest.find(rest.front(), 1);
    if (close > kLongestEntityValue) continue; // npos, too
    const std::string_view value = rest.substr(1, close - 1);
    if (value.find_first_of("<%") != std::string_view::npos) continue;
    if (value.find('&') == std::string_view::npos) {
      declared_.emplace_back(name, value);
    } else if (const Replacement single = reference_at(value);
               single.numeric && single.source_size == value.size()) {
      declared_.emplace_back(name, store(arena_, single.view()));
    }
  }
}

std::string_view References::decode(std::string_view text) {
  auto* const begin = const_cast<char*>(text.data());
  auto* read = text.empty() ? nullptr : static_cast<char*>(std::memchr(begin, '&', text.size()));
  if (read == nullptr) return text;
  char* const end = begin + text.size();
  char* write = read;
  while (read < end) {
    if (const Common* common = common_reference({read, end})) {
      *write++ = common->meaning;
      read += common->source.size();
    } else {
      const Replacement found = reference_at({read, end});
      const std::string_view meant = found.view();
      if (found.source_size == 0) {
        *write++ = *read++;
      } else if (write + meant.size() >
                 read + found.source_size) { // longer than its source, and no slack left
        std::string grown(begin, write);
        append_decoded(grown, {read, end});
        return store(arena_, grown);
      } else {
        std::memcpy(write, meant.data(), meant.size());
        write += meant.size();
        read += found.source_size;
      }
    }
    move_to_reference(write, read, end);
  }
  return {begin, write};
}

void References::append_decoded(std::string& out, std::string_view text) const {
  for (size_t at = 0; at < text.size();) {
    const size_t reference = text.find('&', at);
    out.append(text.substr(at, reference - at));
    if (reference == std::string_view::npos) return;
    const Replacement found = reference_at(text.substr(reference));
    if (found.source_size == 0) {
      out += '&';
      at = reference + 1;
    } else {
      out += found.view();
      at = reference + found.source_size;
    }
  }
}

} // namespace circuit::feeds::rss
