#pragma once
// What makes one simulated feed different from another: its format, its manners and its bad habits. Values;
// any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ingest/runtime/random.h"

namespace circuit::providers::rss {

struct DemonstrationFeed; // demonstration.h

enum class Format { kRss20, kRss10, kAtom10, kJsonFeed11 };
inline constexpr int kFormatCount = 4;

enum class Charset { kUtf8, kUtf16, kIso88591, kWindows1252, kShiftJis };
inline constexpr int kCharsetCount = 5;
const char* charset_name(Charset charset); // IANA, lower case

// What Content-Type and the XML declaration say of the charset.
enum class CharsetLabel {
  kRight,   // both name it
  kMissing, // no charset parameter; the declaration names it, except for UTF-8, where it says nothing
  kWrong,   // the charset parameter names another one; the declaration is right
};

enum class Script {
  kEnglish,
  kGerman,
  kFrench,
  kPolish,
  kGreek,
  kRussian,
  kArabic,
  kHebrew,
  kHindi,
  kChinese,
  kJapanese,
  kKorean,
  kThai,
  kEmoji,
};
inline constexpr int kScriptCount = 14;
const char* language_tag(Script script);

// By what an item can be known again.
enum class Identity {
  kGuid,      // an opaque guid (isPermaLink="false"), Atom or JSON id
  kPermalink, // the guid is the link
  kLinkOnly,  // no guid, a link that stays (RSS 2.0 alone)
  kSameGuid,  // the same guid in every item, different links (RSS 2.0 alone)
  kNone, // neither guid nor link: only the content tells items apart; they are never edited (RSS 2.0 alone)
};

// What lies beyond the first page (RFC 5005; for JSON Feed, next_url stands for kPaged).
enum class History {
  kNone,     // items leave the window and are gone
  kPaged,    // section 3: rel=next
  kArchived, // section 4: rel=prev-archive, stable documents
  kComplete, // section 2: fh:complete; an item that is not listed does not exist any more
};

struct Hints {
  std::optional<int> ttl_minutes;           // RSS 2.0
  std::vector<int> skip_hours;              // RSS 2.0
  std::vector<std::string> skip_days;       // RSS 2.0
  std::optional<std::string> update_period; // sy:, RSS and RDF
  std::optional<int> update_frequency;
  std::optional<int> max_age_seconds; // Cache-Control
  std::optional<int> expires_seconds; // Expires
};

struct FeedTraits {
  Format format = Format::kRss20;
  Charset charset = Charset::kUtf8;
  CharsetLabel charset_label = CharsetLabel::kRight;
  bool byte_order_mark = false; // UTF-8; UTF-16 always has one
  std::string media_type;       // empty: the format's registered one
  Script script = Script::kEnglish;

  Identity identity = Identity::kGuid;
  History history = History::kNone;
  size_t window = 20;      // items on the first page; kComplete lists all
  size_t page_size = 20;   // items on an archive page or a further page
  bool tombstones = false; // RFC 6721 (Atom alone)
  bool finished = false;   // JSON Feed's expired: nothing new will come

  bool etag = true;
  bool weak_etag = false;
  bool last_modified = true;
  bool gzip = true;

  bool content_encoded =
      true;          // RSS: content:encoded beside a plain description; otherwise all in description
  bool cdata = true; // RSS: HTML in CDATA; otherwise escaped. Atom: type="xhtml" where false
  bool relative_links = false; // with xml:base (Atom, RSS)
  bool enclosures = false;
  Hints hints;

  size_t item_bytes = 600;                          // of HTML, about
  const DemonstrationFeed* demonstration = nullptr; // its prose, instead of drawn words
};

// A feed as the world has them, all kinds mixed; only combinations that their specifications allow.
FeedTraits draw_traits(Random& random);
// The plainest feed of a format, for benchmarks and for tests that are about something else.
FeedTraits plain_traits(Format format);
// Takes away what the format cannot express.
FeedTraits legal(FeedTraits traits);

const char* registered_media_type(Format format);
bool identifies_itself(Identity identity); // whether an item keeps its identity when its content changes

} // namespace circuit::providers::rss
