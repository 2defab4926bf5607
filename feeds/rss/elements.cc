#include "feeds/rss/elements.h"

#include <array>
#include <bit>
#include <cstring>
#include <type_traits>

#include "feeds/rss/ascii.h"
#include "feeds/rss/handlers.h"

namespace circuit::feeds::rss {
namespace {

struct Row {
  Ns ns;
  std::string_view local; // lower case
  Handler handler;
};

constexpr auto kRows = std::to_array<Row>({
    // containers
    {Ns::kCore, "channel", on_channel},
    {Ns::kCore, "feedinfo", on_channel},
    {Ns::kCore, "feed", on_channel},
    {Ns::kCore, "item", on_entry},
    {Ns::kCore, "entry", on_entry},
    {Ns::kCore, "items", on_ignored},
    {Ns::kCore, "source", on_source},
    {Ns::kMedia, "group", on_group},
    {Ns::kMedia, "content", on_media_item},
    {Ns::kMedia, "thumbnail", on_media_item},
    {Ns::kMedia, "player", on_media_item},
    {Ns::kMedia, "title", on_media_title},
    {Ns::kMedia, "description", on_media_description},
    {Ns::kMedia, "category", on_media_category},
    {Ns::kMedia, "keywords", on_keywords},
    // titles and texts
    {Ns::kCore, "title", on_title},
    {Ns::kDublinCore, "title", on_title},
    {Ns::kDublinCoreTerms, "title", on_title},
    {Ns::kCore, "description", on_description},
    {Ns::kDublinCore, "description", on_description},
    {Ns::kCore, "abstract", on_abstract},
    {Ns::kCore, "summary", on_summary},
    {Ns::kCore, "subtitle", on_subtitle},
    {Ns::kCore, "tagline", on_subtitle},
    {Ns::kCore, "info", on_info},
    {Ns::kCore, "rights", on_rights},
    {Ns::kCore, "copyright", on_rights},
    {Ns::kDublinCore, "rights", on_rights},
    {Ns::kCore, "content", on_content},
    {Ns::kContent, "encoded", on_html_content},
    {Ns::kCore, "fullitem", on_html_content},
    {Ns::kCore, "body", on_xhtml_content},
    {Ns::kXhtml, "body", on_xhtml_content},
    {Ns::kXhtml, "div", on_xhtml_content},
    {Ns::kItunes, "summary", on_fallback_summary},
    {Ns::kGooglePlay, "description", on_fallback_summary},
    {Ns::kItunes, "subtitle", on_fallback_subtitle},
    // identity and links
    {Ns::kCore, "id", on_id},
    {Ns::kCore, "guid", on_guid},
    {Ns::kCore, "link", on_link},
    {Ns::kCore, "enclosure", on_enclosure},
    {Ns::kCore, "comments", on_comments},
    // people
    {Ns::kCore, "author", on_author},
    {Ns::kDublinCore, "author", on_author},
    {Ns::kDublinCore, "creator", on_author},
    {Ns::kDublinCoreTerms, "creator", on_author},
    {Ns::kItunes, "author", on_author},
    {Ns::kCore, "managingeditor", on_author},
    {Ns::kCore, "contributor", on_contributor},
    {Ns::kDublinCore, "contributor", on_contributor},
    {Ns::kCore, "publisher", on_publisher},
    {Ns::kDublinCore, "publisher", on_publisher},
    {Ns::kCore, "webmaster", on_publisher},
    {Ns::kItunes, "owner", on_publisher},
    // categories
    {Ns::kCore, "category", on_category},
    {Ns::kDublinCore, "subject", on_category},
    {Ns::kCore, "keywords", on_keywords},
    {Ns::kItunes, "keywords", on_keywords},
    {Ns::kItunes, "category", on_itunes_category},
    // dates
    {Ns::kCore, "pubdate", on_published},
    {Ns::kCore, "published", on_published},
    {Ns::kCore, "issued", on_published},
    {Ns::kDublinCoreTerms, "issued", on_published},
    {Ns::kCore, "updated", on_updated},
    {Ns::kCore, "modified", on_updated},
    {Ns::kCore, "lastbuilddate", on_updated},
    {Ns::kDublinCore, "date", on_updated},
    {Ns::kDublinCoreTerms, "modified", on_updated},
    {Ns::kCore, "created", on_created},
    {Ns::kDublinCoreTerms, "created", on_created},
    {Ns::kCore, "expirationdate", on_expires},
    // feeds
    {Ns::kCore, "language", on_language},
    {Ns::kDublinCore, "language", on_language},
    {Ns::kCore, "generator", on_generator},
    {Ns::kAdmin, "generatoragent", on_generator_agent},
    {Ns::kAdmin, "errorreportsto", on_errors_to},
    {Ns::kCore, "image", on_image},
    {Ns::kItunes, "image", on_itunes_image},
    {Ns::kItunes, "link", on_itunes_image},
    {Ns::kGooglePlay, "image", on_itunes_image},
    {Ns::kCore, "icon", on_icon},
    {Ns::kCore, "logo", on_logo},
    {Ns::kCore, "textinput", on_text_input},
    {Ns::kCore, "cloud", on_cloud},
    {Ns::kCore, "docs", on_docs},
    {Ns::kCore, "ttl", on_ttl},
    {Ns::kCore, "skiphours", on_skip_hours},
    {Ns::kCore, "skipdays", on_skip_days},
    {Ns::kSyndication, "updateperiod", on_update_period},
    {Ns::kSyndication, "updatefrequency", on_update_frequency},
    {Ns::kSyndication, "updatebase", on_update_base},
    {Ns::kHistory, "complete", on_complete},
    {Ns::kHistory, "archive", on_archive},
    {Ns::kTombstones, "deleted-entry", on_deleted_entry},
    // modules
    {Ns::kWellFormedWeb, "comment", on_url_extension},
    {Ns::kWellFormedWeb, "commentrss", on_url_extension},
    {Ns::kFeedBurner, "origlink", on_url_extension},
    {Ns::kFeedBurner, "origenclosurelink", on_url_extension},
    {Ns::kCreativeCommons, "license", on_license},
    {Ns::kGeoRss, "point", on_place},
    {Ns::kGeoRss, "line", on_place},
    {Ns::kGeoRss, "polygon", on_place},
    {Ns::kGeoRss, "box", on_place},
    {Ns::kGeoRss, "where", on_place_container},
    {Ns::kGeo, "point", on_place_container},
    {Ns::kGeo, "lat", on_latitude},
    {Ns::kGeo, "long", on_longitude},
    {Ns::kRdf, "seq", on_ignored},
});

constexpr size_t kBuckets = 512;
constexpr size_t kLongestName = 24;

// A name in lower case as two words: its first and its last eight bytes, or all of it where it is shorter.
// Upper case differs from lower in one bit, and setting that in other characters makes no two names alike.
struct Key {
  uint64_t first = 0, last = 0;

  constexpr Key(std::string_view name) { // NOLINT: a name is a key
    constexpr uint64_t kLowerCase = 0x2020202020202020;
    if (name.size() >= 8) {
      first = load(name) | kLowerCase;
      last = load(name.substr(name.size() - 8)) | kLowerCase;
      return;
    }
    for (const char c : name) first = (first << 8) | (static_cast<uint8_t>(c) | 0x20u);
  }

  static constexpr uint64_t load(std::string_view bytes) {
    uint64_t word = 0;
    if (std::is_constant_evaluated()) {
      for (size_t i = 8; i > 0; --i) word = (word << 8) | static_cast<uint8_t>(bytes[i - 1]);
    } else {
      std::memcpy(&word, bytes.data(), 8);
      if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    }
    return word;
  }

  constexpr size_t bucket(Ns ns) const {
    const uint64_t mixed =
        (first ^ (last << 7) ^ (last >> 57) ^ (static_cast<uint64_t>(ns) << 56)) * 0x9E3779B97F4A7C15;
    return static_cast<size_t>(mixed >> 55);
  }
};
static_assert(kBuckets == size_t{1} << (64 - 55));

// Open addressing; 0 is an empty bucket, otherwise a row's index plus one.
constexpr auto kTable = [] {
  static_assert(kRows.size() < 255 && kRows.size() * 3 < kBuckets);
  std::array<uint8_t, kBuckets> table{};
  for (size_t row = 0; row < kRows.size(); ++row) {
    size_t bucket = Key(kRows[row].local).bucket(kRows[row].ns);
    while (table[bucket] != 0) bucket = (bucket + 1) % kBuckets;
    table[bucket] = static_cast<uint8_t>(row + 1);
  }
  return table;
}();

} // namespace

KnownElements::Element& KnownElements::find(const XmlReader& reader, const Scope& scope,
                                            std::string_view qualified) {
  uint64_t first = 0, last = 0;
  if (qualified.size() >= 8) {
    std::memcpy(&first, qualified.data(), 8);
    std::memcpy(&last, qualified.data() + qualified.size() - 8, 8);
  } else {
    for (const char c : qualified) first = (first << 8) | static_cast<uint8_t>(c);
  }
  const bool fits = qualified.size() <= 16; // then the two words are all of the name
  const uint64_t mixed = (first ^ (last << 9) ^ (last >> 55) ^ qualified.size()) * 0x9E3779B97F4A7C15;
  Element& element = fits ? elements_[mixed >> 58] : uncached_;
  if (fits && element.size == qualified.size() && element.first == first && element.last == last &&
      element.declarations == scope.declarations) {
    return element;
  }
  const Name name = reader.name_of(scope, qualified);
  element = {.first = first,
             .last = last,
             .size = static_cast<uint32_t>(qualified.size()),
             .declarations = scope.declarations,
             .name = name,
             .handler = find_handler(name),
             .extension_name = {}};
  return element;
}

Handler find_handler(const Name& name) {
  if (name.local.size() > kLongestName || name.ns == Ns::kUnknown) return on_extension;
  for (size_t bucket = Key(name.local).bucket(name.ns); kTable[bucket] != 0;
       bucket = (bucket + 1) % kBuckets) {
    const Row& row = kRows[kTable[bucket] - 1u];
    if (row.ns == name.ns && equals_ignoring_case(row.local, name.local)) return row.handler;
  }
  return on_extension;
}

void read_children(Parsing& parsing, const Scope& scope, pugi::xml_node container, Target& target) {
  for (pugi::xml_node child = container.first_child(); exists(child); child = child.next_sibling()) {
    const std::string_view name = child.name();
    if (name.empty()) continue; // text
    const Scope inner = parsing.reader.enter(scope, child);
    parsing.elements.find(parsing.reader, inner, name).handler(parsing, inner, child, target);
  }
}

} // namespace circuit::feeds::rss
