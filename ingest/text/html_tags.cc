#include "ingest/text/html_tags.h"

#include <array>

namespace circuit::text {
namespace {

enum Flags : uint8_t { kVoid = 1, kBlock = 2, kClosesP = 4, kRaw = 8, kEscapable = 16, kTransparent = 32 };

struct Row {
  std::string_view name;
  uint8_t flags;
  uint8_t rank;
};

// clang-format off
constexpr auto kRows = std::to_array<Row>({
    {"", 0, 0}, // kUnknown
    {"a", 0, 0}, {"abbr", 0, 0}, {"acronym", 0, 0}, {"address", kBlock | kClosesP, 2}, {"applet", 0, 0},
    {"area", kVoid, 0}, {"article", kBlock | kClosesP, 2}, {"aside", kBlock | kClosesP, 2}, {"audio", 0, 2},
    {"b", 0, 0}, {"base", kVoid, 0}, {"basefont", kVoid, 0}, {"bdi", 0, 0}, {"bdo", 0, 0},
    {"bgsound", kVoid, 0}, {"big", 0, 0}, {"blink", 0, 0}, {"blockquote", kBlock | kClosesP, 2},
    {"body", kTransparent, 0}, {"br", kVoid, 0}, {"button", 0, 2}, {"canvas", 0, 2}, {"caption", kBlock, 3},
    {"center", kBlock | kClosesP, 2}, {"cite", 0, 0}, {"code", 0, 0}, {"col", kVoid, 0}, {"colgroup", 0, 5},
    {"command", kVoid, 0}, {"data", 0, 0}, {"datalist", 0, 2}, {"dd", kBlock | kClosesP, 1}, {"del", 0, 0},
    {"details", kBlock | kClosesP, 2}, {"dfn", 0, 0}, {"dialog", kBlock | kClosesP, 2},
    {"dir", kBlock | kClosesP, 2}, {"div", kBlock | kClosesP, 2}, {"dl", kBlock | kClosesP, 2},
    {"dt", kBlock | kClosesP, 1}, {"em", 0, 0}, {"embed", kVoid, 0}, {"fieldset", kBlock | kClosesP, 2},
    {"figcaption", kBlock | kClosesP, 2}, {"figure", kBlock | kClosesP, 2}, {"font", 0, 0},
    {"footer", kBlock | kClosesP, 2}, {"form", kBlock | kClosesP, 2}, {"frame", kVoid, 0}, {"frameset", 0, 0},
    {"h1", kBlock | kClosesP, 1}, {"h2", kBlock | kClosesP, 1}, {"h3", kBlock | kClosesP, 1},
    {"h4", kBlock | kClosesP, 1}, {"h5", kBlock | kClosesP, 1}, {"h6", kBlock | kClosesP, 1},
    {"head", kTransparent, 0}, {"header", kBlock | kClosesP, 2}, {"hgroup", kBlock | kClosesP, 2},
    {"hr", kVoid | kBlock | kClosesP, 0}, {"html", kTransparent, 0}, {"i", 0, 0}, {"iframe", kRaw, 0},
    {"img", kVoid, 0}, {"input", kVoid, 0}, {"ins", 0, 0}, {"kbd", 0, 0}, {"keygen", kVoid, 0},
    {"label", 0, 0}, {"legend", kBlock, 0}, {"li", kBlock | kClosesP, 1}, {"link", kVoid, 0},
    {"main", kBlock | kClosesP, 2}, {"map", 0, 0}, {"mark", 0, 0}, {"marquee", 0, 0}, {"math", 0, 0},
    {"menu", kBlock | kClosesP, 2}, {"meta", kVoid, 0}, {"meter", 0, 0}, {"nav", kBlock | kClosesP, 2},
    {"nobr", 0, 0}, {"noembed", kRaw, 0}, {"noframes", kRaw, 0}, {"noscript", 0, 2}, {"object", 0, 0},
    {"ol", kBlock | kClosesP, 2}, {"optgroup", kBlock, 1}, {"option", kBlock, 1}, {"output", 0, 0},
    {"p", kBlock | kClosesP, 0}, {"param", kVoid, 0}, {"picture", 0, 0},
    {"plaintext", kBlock | kClosesP | kRaw, 0}, {"pre", kBlock | kClosesP, 1}, {"progress", 0, 0},
    {"q", 0, 0}, {"rp", 0, 0}, {"rt", 0, 0}, {"ruby", 0, 0}, {"s", 0, 0}, {"samp", 0, 0}, {"script", kRaw, 0},
    {"search", kBlock | kClosesP, 2}, {"section", kBlock | kClosesP, 2}, {"select", 0, 2}, {"slot", 0, 0},
    {"small", 0, 0}, {"source", kVoid, 0}, {"span", 0, 0}, {"strike", 0, 0}, {"strong", 0, 0},
    {"style", kRaw, 0}, {"sub", 0, 0}, {"summary", kBlock | kClosesP, 2}, {"sup", 0, 0}, {"svg", 0, 0},
    {"table", kBlock | kClosesP, 6}, {"tbody", kBlock, 5}, {"td", kBlock, 3}, {"template", 0, 0},
    {"textarea", kEscapable, 0}, {"tfoot", kBlock, 5}, {"th", kBlock, 3}, {"thead", kBlock, 5},
    {"time", 0, 0}, {"title", kEscapable, 0}, {"tr", kBlock, 4}, {"track", kVoid, 0}, {"tt", 0, 0},
    {"u", 0, 0}, {"ul", kBlock | kClosesP, 2}, {"var", 0, 0}, {"video", 0, 2}, {"wbr", kVoid, 0},
    {"xmp", kBlock | kClosesP | kRaw, 0},
});
// clang-format on
static_assert(kRows.size() == static_cast<size_t>(Tag::kXmp) + 1);

constexpr size_t kSlots = 1024; // a power of two, sparse enough for short probes

constexpr size_t slot_of(std::string_view name) {
  uint32_t hash = 2166136261u; // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<uint8_t>(c)) * 16777619u;
  return (hash ^ (hash >> 15)) & (kSlots - 1);
}

// Open addressing over the rows; 0, the row of kUnknown, marks a free slot.
constexpr std::array<uint8_t, kSlots> kIndex = [] {
  std::array<uint8_t, kSlots> index{};
  for (size_t row = 1; row < kRows.size(); ++row) {
    size_t slot = slot_of(kRows[row].name);
    while (index[slot] != 0) slot = (slot + 1) & (kSlots - 1);
    index[slot] = static_cast<uint8_t>(row);
  }
  return index;
}();

} // namespace

Tag tag_of(std::string_view name) {
  for (size_t slot = slot_of(name); kIndex[slot] != 0; slot = (slot + 1) & (kSlots - 1)) {
    if (kRows[kIndex[slot]].name == name) return static_cast<Tag>(kIndex[slot]);
  }
  return Tag::kUnknown;
}

std::string_view tag_name(Tag tag) { return kRows[static_cast<size_t>(tag)].name; }

TagTraits traits_of(Tag tag) {
  const Row& row = kRows[static_cast<size_t>(tag)];
  return {(row.flags & kVoid) != 0,
          (row.flags & kBlock) != 0,
          (row.flags & kClosesP) != 0,
          (row.flags & kRaw) != 0,
          (row.flags & kEscapable) != 0,
          (row.flags & kTransparent) != 0,
          row.rank};
}

} // namespace circuit::text
