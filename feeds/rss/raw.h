#pragma once
// The raw model: what one response of a feed says, before anything is decided about it.
//
// Every string is a view into memory that the RawFeed owns (the decoded body and an arena), so building the
// model copies next to nothing. Views, and copies of the structs that hold them, are valid as long as the
// RawFeed lives; moving the RawFeed keeps them valid. A RawFeed belongs to one thread at a time.
//
// Strings are UTF-8 with references decoded and outer white space removed. URLs are absolute wherever a base
// was known. An empty view means that the feed does not say. HTML is as the feed gives it: neither sanitized
// nor made absolute.

#include <chrono>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/runtime/error.h"

namespace circuit::feeds::rss {

template <class T>
using List = std::pmr::vector<T>;

inline constexpr std::string_view kPlainType = "text/plain";
inline constexpr std::string_view kHtmlType = "text/html";
inline constexpr std::string_view kXhtmlType = "application/xhtml+xml";

// A text construct with all that is needed to interpret it.
struct Text {
  std::string_view value{};
  std::string_view type{};     // MIME type; empty: there is no such element
  std::string_view language{}; // in force where it stood (xml:lang)
  std::string_view
      base{}; // in force where it stood (xml:base); relative links in the value are relative to it
  std::string_view source{};  // content that lives elsewhere: its URL; the value is then empty
  bool type_is_guess = false; // the format lets plain text and HTML look alike: see interpreted_type

  bool present() const { return !type.empty(); }
};

// The MIME type to treat the value as: the stated one, or text/html where the format leaves it open and the
// value holds markup.
std::string_view interpreted_type(const Text& text);
bool is_html(const Text& text); // interpreted as text/html or application/xhtml+xml

// A date as written, and the instant where it could be read.
struct Date {
  std::string_view text{};
  std::optional<SystemTime> time{};

  bool present() const { return !text.empty(); }
};

struct Link {
  std::string_view href{}, rel{}, type{}, title{}, hreflang{}, length{};
};

struct Person {
  std::string_view name{}, email{}, href{};
  std::string_view text{}; // as written, where the format has one string for all ("me@example.com (My Name)")

  bool present() const { return !name.empty() || !email.empty() || !href.empty() || !text.empty(); }
};

struct Category {
  std::string_view term{}, scheme{}, label{};
};

struct Generator {
  std::string_view name{}, version{}, href{};
};

struct Image {
  std::string_view href{}, title{}, link{}, description{}, width{}, height{};
};

// One media:content, media:thumbnail or media:player.
struct Media {
  enum class Kind : uint8_t { kContent, kThumbnail, kPlayer };
  Kind kind = Kind::kContent;
  std::string_view url, type, medium, width, height, duration, length, title;
};

// A place as georss or geo write it: numbers in `coordinates`, latitude first.
struct Where {
  std::string_view shape; // "point", "line", "polygon", "box"
  std::string_view coordinates;
};

struct Attribute {
  std::string_view name, value;
};

// An element outside of the fields below: "slash_comments", "itunes_duration". The part before the underscore
// is the usual prefix of the element's namespace, whatever prefix the document binds to it.
struct Extension {
  std::string_view name{};
  std::string_view value{};
  std::span<const Attribute> attributes{}; // in the RawFeed's arena
};

// What feeds, entries and the sources of entries have in common.
struct Metadata {
  explicit Metadata(std::pmr::memory_resource* memory)
      : links(memory), authors(memory), contributors(memory), categories(memory), extensions(memory) {}

  std::string_view id;         // made absolute where the format says that it is a URL
  std::string_view id_text;    // as written
  std::string_view link;       // the page that this is about
  Text title, summary, rights; // a feed's subtitle is its summary
  List<Link> links;            // all, in document order, with `link` and the enclosures among them
  List<Person> authors, contributors;
  Person publisher;
  List<Category> categories;
  Date published, updated, created, expires;
  std::string_view language; // that the feed states for the whole
  std::string_view license;
  Image image;
  Where where;
  List<Extension> extensions;
};

struct Source : Metadata {
  using Metadata::Metadata;
  Text subtitle;
  std::string_view icon, logo;
  Generator generator;
};

struct Entry : Metadata {
  explicit Entry(std::pmr::memory_resource* memory) : Metadata(memory), contents(memory), media(memory) {}

  bool id_is_permalink = false; // RSS: the guid doubles as the link
  List<Text> contents;
  List<Media> media;
  std::string_view comments;      // URL of the page with the discussion
  std::string_view source_href;   // RSS source/@url
  const Source* source = nullptr; // where the entry was taken from; owned by the RawFeed's arena
  bool incomplete = false;        // the document ended inside this entry: what is here may be cut
};

// RFC 6721: an entry that the publisher says is gone.
struct Tombstone {
  std::string_view ref; // the id of the entry
  Date when;
};

struct Cloud {
  std::string_view domain, port, path, register_procedure, protocol;
};

struct TextInput {
  std::string_view title, description, name, link;
};

enum class UpdatePeriod : uint8_t { kNone, kHourly, kDaily, kWeekly, kMonthly, kYearly };

struct FeedInfo : Source {
  explicit FeedInfo(std::pmr::memory_resource* memory) : Source(memory) {}

  Text info;
  std::string_view docs, errors_to;
  Cloud cloud;
  TextInput text_input;

  std::optional<std::chrono::minutes> ttl;
  uint32_t skip_hours = 0; // bit h: do not poll in hour h of the day, UTC
  uint8_t skip_days = 0;   // bit d: do not poll on day d, UTC, 0 = Sunday
  UpdatePeriod update_period = UpdatePeriod::kNone;
  uint32_t update_frequency = 1; // times per period
  Date update_base;

  bool complete = false; // RFC 5005 fh:complete: what is not listed is gone
  bool archive = false;  // RFC 5005 fh:archive: this page will not change
  bool expired = false;  // JSON Feed: there will be no more updates
};

// Something about the document that a user may want to know, and that did not stop the parser.
struct Problem {
  std::string reason; // UPPER_SNAKE
  std::string message;
};

// The memory behind the views.
struct RawStorage;
struct RawStorageDeleter {
  void operator()(RawStorage* storage) const;
};

struct RawFeed {
  explicit RawFeed(std::unique_ptr<RawStorage, RawStorageDeleter> memory);
  RawFeed(RawFeed&&) = default;
  RawFeed& operator=(RawFeed&&) = delete; // would free the memory below the lists that are being replaced

  std::unique_ptr<RawStorage, RawStorageDeleter> storage; // first: everything below points into it
  FeedInfo feed;
  std::vector<Entry> entries;
  std::vector<Tombstone> tombstones;
  std::string encoding; // lower case, as declared where a declaration was believed
  std::string
      version; // "rss20", "rss10", "rss090", "rss091n", "rss091u", "rss092".."rss094", "rss", "atom03",
               // "atom10", "atom", "cdf", "json1", "json11"; empty: a feed of no known version
  std::vector<Problem> problems;
  bool complete_document =
      true; // the tree was whole. False: salvaged, and what is missing here may still exist
};

// The first link with this relation ("next", "prev-archive", "hub", "self"), or nullptr.
const Link* find_link(const Metadata& meta, std::string_view rel);

// The value of the extension with this name ("feedburner_origlink"), or empty.
std::string_view find_extension(const Metadata& meta, std::string_view name);

} // namespace circuit::feeds::rss
