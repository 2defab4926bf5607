#include "feeds/rss/json_feed.h"

#include <boost/json.hpp>

#include "feeds/rss/ascii.h"
#include "feeds/rss/json_repair.h"
#include "feeds/rss/raw_storage.h"
#include "ingest/text/charset.h"
#include "ingest/text/dates.h"
#include "ingest/text/url.h"

namespace circuit::feeds::rss {
namespace {

namespace json = boost::json;

Error not_a_feed(std::string message) {
  return make_error(ErrorClass::kInvalid, "RSS_NOT_A_FEED", std::move(message),
                    "Give the URL of a JSON Feed (jsonfeed.org), or of an RSS or Atom feed.");
}

class JsonReader {
 public:
  JsonReader(RawFeed& out, std::string_view base)
      : out_(out),
        arena_(out.storage->arena),
        base_(base),
        may_escape_controls_(out.storage->body.find("\\u00") != std::string::npos) {}

  void read_feed(const json::object& feed) {
    FeedInfo& info = out_.feed;
    info.title = plain(feed, "title");
    info.subtitle = plain(feed, "description");
    info.language = string(feed, "language");
    info.icon = url(feed, "favicon");
    info.logo = url(feed, "icon");
    info.image.href = info.logo;
    info.link = url(feed, "home_page_url");
    add_link(info, info.link, "alternate", kHtmlType);
    info.id = info.id_text = string(feed, "feed_url");
    add_link(info, url(feed, "feed_url"), "self", "application/feed+json");
    add_link(info, url(feed, "next_url"), "next", "application/feed+json");
    read_hubs(feed, info);
    read_people(feed, info);
    if (const json::value* expired = feed.if_contains("expired"))
      info.expired = expired->is_bool() && expired->get_bool();
    const json::array* items = array(feed, "items");
    if (items == nullptr) return;
    out_.entries.reserve(items->size());
    for (const json::value& item : *items) {
      if (item.is_object()) read_item(item.get_object());
    }
  }

 private:
  // A string, or a number that stands where a string is due, as ids do.
  std::string_view string(const json::object& object, std::string_view key) {
    const json::value* value = object.if_contains(key);
    if (value == nullptr) return {};
    if (value->is_string()) return text_of(value->get_string());
    if (value->is_number()) return store(arena_, json::serialize(*value));
    return {};
  }

  // Without the control characters that no document may have, which JSON can escape.
  std::string_view text_of(const json::string& value) {
    const std::string_view trimmed = trim(std::string_view(value.data(), value.size()));
    return may_escape_controls_ ? store(arena_, text::clean_utf8(trimmed)) : trimmed;
  }

  static const json::array* array(const json::object& object, std::string_view key) {
    const json::value* value = object.if_contains(key);
    return value == nullptr ? nullptr : value->if_array();
  }

  std::string_view url(const json::object& object, std::string_view key) {
    const std::string_view reference = string(object, key);
    if (reference.empty() || base_.empty() || reference.find("://") != std::string_view::npos)
      return reference;
    return store(arena_, text::resolve_url(base_, reference));
  }

  Text plain(const json::object& object, std::string_view key) { return text(object, key, kPlainType); }

  Text text(const json::object& object, std::string_view key, std::string_view type) {
    const std::string_view value = string(object, key);
    if (value.empty()) return {};
    return {.value = value, .type = type, .language = language_, .base = base_};
  }

  Date date(const json::object& object, std::string_view key) {
    Date date{.text = string(object, key)};
    if (date.present()) date.time = text::parse_date(date.text);
    return date;
  }

  static void add_link(Metadata& meta, std::string_view href, std::string_view rel, std::string_view type) {
    if (!href.empty()) meta.links.push_back({.href = href, .rel = rel, .type = type});
  }

  void read_hubs(const json::object& feed, FeedInfo& info) {
    const json::array* hubs = array(feed, "hubs");
    if (hubs == nullptr) return;
    for (const json::value& hub : *hubs) {
      if (hub.is_object()) add_link(info, url(hub.get_object(), "url"), "hub", {});
    }
  }

  void add_person(const json::value& value, Metadata& meta) {
    if (!value.is_object()) return;
    const Person person{
        .name = string(value.get_object(), "name"), .email = {}, .href = url(value.get_object(), "url")};
    if (person.present()) meta.authors.push_back(person);
  }

  // 1.1 has `authors`, 1.0 had `author`.
  void read_people(const json::object& object, Metadata& meta) {
    if (const json::array* authors = array(object, "authors")) {
      for (const json::value& author : *authors) add_person(author, meta);
    } else if (const json::value* author = object.if_contains("author")) {
      add_person(*author, meta);
    }
  }

  void read_item(const json::object& item) {
    Entry& entry = out_.entries.emplace_back(&arena_);
    entry.language = string(item, "language");
    language_ = entry.language.empty() ? out_.feed.language : entry.language;
    entry.id = entry.id_text = string(item, "id");
    entry.title = plain(item, "title");
    entry.summary = plain(item, "summary");
    for (const auto& [key, type] :
         {std::pair{"content_html", kHtmlType}, std::pair{"content_text", kPlainType}}) {
      const Text content = text(item, key, type);
      if (content.present()) entry.contents.push_back(content);
    }
    entry.link = url(item, "url");
    add_link(entry, entry.link, "alternate", kHtmlType);
    const std::string_view external = url(item, "external_url");
    add_link(entry, external, "related", kHtmlType);
    if (entry.link.empty()) entry.link = external;
    entry.image.href = url(item, "image");
    if (entry.image.href.empty()) entry.image.href = url(item, "banner_image");
    entry.published = date(item, "date_published");
    entry.updated = date(item, "date_modified");
    read_people(item, entry);
    read_tags(item, entry);
    read_attachments(item, entry);
  }

  void read_tags(const json::object& item, Entry& entry) {
    const json::array* tags = array(item, "tags");
    if (tags == nullptr) return;
    for (const json::value& tag : *tags) {
      if (tag.is_string()) entry.categories.push_back({.term = text_of(tag.get_string())});
    }
  }

  void read_attachments(const json::object& item, Entry& entry) {
    const json::array* attachments = array(item, "attachments");
    if (attachments == nullptr) return;
    for (const json::value& value : *attachments) {
      if (!value.is_object()) continue;
      const json::object& attachment = value.get_object();
      const Link link{.href = url(attachment, "url"),
                      .rel = "enclosure",
                      .type = string(attachment, "mime_type"),
                      .title = string(attachment, "title"),
                      .hreflang = {},
                      .length = string(attachment, "size_in_bytes")};
      if (!link.href.empty()) entry.links.push_back(link);
    }
  }

  RawFeed& out_;
  std::pmr::memory_resource& arena_;
  std::string_view base_;
  std::string_view language_;
  bool may_escape_controls_;
};

bool is_known_version(std::string_view version) {
  return version.find("jsonfeed.org/version/") != std::string_view::npos;
}

} // namespace

Result<void> parse_json_feed(RawFeed& out, const ParseOptions& options) {
  json::parse_options limits;
  limits.max_depth = std::min<size_t>(options.max_depth, 64); // the parser recurses
  json::error_code failure;
  RawStorage& storage = *out.storage;
  storage.json = json::parse(storage.body, failure, {}, limits);
  if (failure == json::error::too_deep) {
    return make_error(ErrorClass::kInvalid, "RSS_TOO_DEEP",
                      "the JSON document nests deeper than " + std::to_string(limits.max_depth) + " levels",
                      "No JSON Feed needs that: check the URL, or report the document to its publisher.");
  }
  if (failure && failure != json::error::incomplete) {
    json::error_code still;
    limits.allow_trailing_commas = true;
    std::string repaired = repair_json(storage.body);
    json::value mended = json::parse(repaired, still, {}, limits);
    if (!still) {
      storage.json = std::move(mended);
      storage.body = std::move(repaired);
      failure = {};
      out.problems.push_back(
          {"RSS_NOT_WELL_FORMED", "the document is not well-formed JSON: it was repaired"});
    }
  }
  if (failure) return not_a_feed("the body looks like JSON but is not valid JSON: " + failure.message());
  const json::object* feed = storage.json.if_object();
  const json::value* version = feed == nullptr ? nullptr : feed->if_contains("version");
  const bool stated = version != nullptr && version->is_string() && is_known_version(version->get_string());
  if (!stated) return not_a_feed("the JSON document is no JSON Feed: it has no version of jsonfeed.org");
  out.version = std::string_view(version->get_string()).ends_with("/1") ? "json1" : "json11";

  std::string base = options.url;
  if (!options.content_location.empty()) base = text::resolve_url(options.url, options.content_location);
  JsonReader(out, store(storage.arena, base)).read_feed(*feed);
  if (out.feed.language.empty()) out.feed.language = store(storage.arena, trim(options.content_language));
  return {};
}

} // namespace circuit::feeds::rss
