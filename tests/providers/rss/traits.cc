#include "tests/providers/rss/traits.h"

#include <array>

namespace circuit::providers::rss {
namespace {

template <class Enum>
Enum one_of(Random& random, std::initializer_list<Enum> values) {
  return values.begin()[random.below(values.size())];
}

Script script_for(Charset charset, Random& random) {
  switch (charset) {
    case Charset::kIso88591:
      return one_of(random, {Script::kGerman, Script::kFrench, Script::kEnglish});
    case Charset::kWindows1252:
      return one_of(random, {Script::kFrench, Script::kGerman});
    case Charset::kShiftJis:
      return Script::kJapanese;
    case Charset::kUtf8:
    case Charset::kUtf16:
      break;
  }
  return static_cast<Script>(random.below(kScriptCount));
}

std::string media_type_for(Format format, Random& random) {
  if (random.chance(0.6)) return {};
  if (format == Format::kJsonFeed11) return "application/json";
  return random.chance(0.5) ? "text/xml" : "application/xml";
}

Hints draw_hints(Random& random) {
  Hints hints;
  if (random.chance(0.3)) hints.ttl_minutes = one_of(random, {5, 15, 60, 180});
  if (random.chance(0.1)) hints.skip_hours = {1, 2, 3, 4};
  if (random.chance(0.1)) hints.skip_days = {"Saturday", "Sunday"};
  if (random.chance(0.2)) {
    hints.update_period = one_of<const char*>(random, {"hourly", "daily"});
    hints.update_frequency = one_of(random, {1, 2, 4});
  }
  if (random.chance(0.4)) hints.max_age_seconds = one_of(random, {0, 60, 300, 900});
  if (random.chance(0.2)) hints.expires_seconds = one_of(random, {60, 600});
  return hints;
}

Identity draw_identity(Random& random) {
  const double at = random.uniform();
  if (at < 0.5) return Identity::kGuid;
  if (at < 0.8) return Identity::kPermalink;
  if (at < 0.9) return Identity::kLinkOnly;
  return at < 0.95 ? Identity::kSameGuid : Identity::kNone;
}

History draw_history(Random& random) {
  const double at = random.uniform();
  if (at < 0.6) return History::kNone;
  if (at < 0.75) return History::kPaged;
  return at < 0.9 ? History::kArchived : History::kComplete;
}

} // namespace

const char* charset_name(Charset charset) {
  switch (charset) {
    case Charset::kUtf8:
      return "utf-8";
    case Charset::kUtf16:
      return "utf-16";
    case Charset::kIso88591:
      return "iso-8859-1";
    case Charset::kWindows1252:
      return "windows-1252";
    case Charset::kShiftJis:
      return "shift_jis";
  }
  return "utf-8";
}

const char* language_tag(Script script) {
  static constexpr std::array<const char*, kScriptCount> kTags = {
      "en-GB", "de", "fr", "pl", "el", "ru", "ar", "he", "hi", "zh-CN", "ja", "ko", "th", "en"};
  return kTags[static_cast<size_t>(script)];
}

const char* registered_media_type(Format format) {
  switch (format) {
    case Format::kRss20:
      return "application/rss+xml";
    case Format::kRss10:
      return "application/rdf+xml";
    case Format::kAtom10:
      return "application/atom+xml";
    case Format::kJsonFeed11:
      return "application/feed+json";
  }
  return "application/octet-stream";
}

bool identifies_itself(Identity identity) { return identity != Identity::kNone; }

FeedTraits legal(FeedTraits traits) {
  if (traits.format == Format::kJsonFeed11) {
    traits.charset = Charset::kUtf8; // RFC 8259 section 8.1
    traits.charset_label = CharsetLabel::kRight;
    traits.byte_order_mark = false;
    traits.relative_links = false; // nothing says what they would be relative to
    if (traits.history != History::kPaged) traits.history = History::kNone;
  } else {
    traits.finished = false;
  }
  if (traits.format != Format::kRss20 && !(traits.identity == Identity::kGuid))
    traits.identity = Identity::kPermalink;
  if (traits.format == Format::kRss10) {
    traits.identity = Identity::kPermalink; // rdf:about is the link
    traits.history = History::kNone;
    traits.relative_links = false;
  }
  if (traits.format != Format::kAtom10) traits.tombstones = false;
  if (!traits.etag) traits.weak_etag = false;
  // Where the characters of a legacy charset end, a character reference must do, which CDATA cannot hold.
  if (traits.charset != Charset::kUtf8 && traits.charset != Charset::kUtf16) traits.cdata = false;
  if (traits.charset != Charset::kUtf8) traits.byte_order_mark = false;
  return traits;
}

FeedTraits draw_traits(Random& random) {
  FeedTraits traits;
  traits.format = static_cast<Format>(random.below(kFormatCount));
  traits.charset = random.chance(0.7) ? Charset::kUtf8 : static_cast<Charset>(random.below(kCharsetCount));
  traits.charset_label = random.chance(0.7)   ? CharsetLabel::kRight
                         : random.chance(0.7) ? CharsetLabel::kMissing
                                              : CharsetLabel::kWrong;
  traits.byte_order_mark = random.chance(0.1);
  traits.script = script_for(traits.charset, random);
  traits.media_type = media_type_for(traits.format, random);
  traits.identity = draw_identity(random);
  traits.history = draw_history(random);
  traits.window = 5 + random.below(20);
  traits.page_size = 3 + random.below(10);
  traits.tombstones = random.chance(0.4);
  traits.finished = random.chance(0.05);
  traits.etag = random.chance(0.7);
  traits.weak_etag = random.chance(0.3);
  traits.last_modified = random.chance(0.7);
  traits.gzip = random.chance(0.7);
  traits.content_encoded = random.chance(0.7);
  traits.cdata = random.chance(0.5);
  traits.relative_links = random.chance(0.2);
  traits.enclosures = random.chance(0.3);
  traits.hints = draw_hints(random);
  traits.item_bytes = 200 + random.below(1500);
  return legal(std::move(traits));
}

FeedTraits plain_traits(Format format) {
  FeedTraits traits;
  traits.format = format;
  return legal(std::move(traits));
}

} // namespace circuit::providers::rss
