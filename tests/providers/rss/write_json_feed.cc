#include <boost/json.hpp>

#include "tests/providers/http_date.h"
#include "tests/providers/rss/format_writers.h"

namespace circuit::providers::rss {
namespace {

namespace json = boost::json;

// An object without its closing brace, to write on.
std::string open_object(const json::object& object) {
  std::string out = json::serialize(object);
  out.pop_back();
  return out;
}

} // namespace

std::string JsonFeedWriter::head(const World&, const Feed& feed, const Page& page) const {
  json::object head;
  head["version"] = "https://jsonfeed.org/version/1.1";
  head["title"] = feed.title;
  head["description"] = feed.subtitle;
  head["home_page_url"] = feed.site + "/";
  head["feed_url"] = page.links.self;
  head["language"] = language_tag(feed.traits.script);
  head["authors"] = json::array{json::object{{"name", feed.author}}};
  head["icon"] = feed.site + "/logo.png";
  if (!page.links.next.empty()) head["next_url"] = page.links.next;
  if (feed.traits.finished) head["expired"] = true;
  return open_object(head) + ",\"items\":[\n";
}

std::string JsonFeedWriter::item(const World& world, const Feed& feed, const Item& item, bool first) const {
  json::object object;
  if (item.oddity != Oddity::kEmpty) {
    const ItemContent content = world.content(feed, item);
    const bool broken = item.oddity == Oddity::kBrokenDate;
    object["id"] = world.item_id(feed, item.number);
    object["url"] = world.item_link(feed, item.number);
    object["title"] = content.title;
    object["summary"] = content.summary;
    object["content_html"] = content.html;
    object["date_published"] = broken ? "yesterday" : format_rfc3339_date(item.published);
    if (!broken) object["date_modified"] = format_rfc3339_date(item.updated);
    object["authors"] = json::array{json::object{{"name", content.author}}};
    if (!content.tags.empty()) object["tags"] = json::value_from(content.tags);
    if (content.enclosure) {
      object["attachments"] = json::array{json::object{{"url", content.enclosure->url},
                                                       {"mime_type", content.enclosure->media_type},
                                                       {"size_in_bytes", content.enclosure->bytes},
                                                       {"duration_in_seconds", content.enclosure->seconds}}};
    }
  }
  return (first ? "" : ",\n") + json::serialize(object);
}

std::string JsonFeedWriter::tail(const World&, const Feed&, const Page&) const { return "\n]}\n"; }

} // namespace circuit::providers::rss
