#include "tests/providers/http_date.h"
#include "tests/providers/rss/encode.h"
#include "tests/providers/rss/format_writers.h"

namespace circuit::providers::rss {
namespace {

std::string hint_elements(const Hints& hints) {
  std::string out;
  if (hints.ttl_minutes) out += element("ttl", std::to_string(*hints.ttl_minutes));
  if (!hints.skip_hours.empty()) {
    out += "<skipHours>";
    for (const int hour : hints.skip_hours) out += "<hour>" + std::to_string(hour) + "</hour>";
    out += "</skipHours>\n";
  }
  if (!hints.skip_days.empty()) {
    out += "<skipDays>";
    for (const std::string& day : hints.skip_days) out += "<day>" + day + "</day>";
    out += "</skipDays>\n";
  }
  if (hints.update_period) out += element("sy:updatePeriod", *hints.update_period);
  if (hints.update_frequency) out += element("sy:updateFrequency", std::to_string(*hints.update_frequency));
  return out;
}

std::string guid_element(const World& world, const Feed& feed, const Item& item) {
  const std::string id = world.item_id(feed, item.number);
  if (id.empty()) return {};
  if (feed.traits.identity == Identity::kPermalink)
    return element("guid", id); // isPermaLink is true unless it says no
  return "<guid isPermaLink=\"false\">" + escape_xml(id) + "</guid>\n";
}

std::string body_elements(const FeedTraits& traits, const ItemContent& content) {
  if (!traits.content_encoded) return html_element("description", content.html, traits.cdata);
  return element("description", content.summary) +
         html_element("content:encoded", content.html, traits.cdata);
}

std::string enclosure_elements(const Enclosure& enclosure) {
  return "<enclosure url=\"" + escape_xml(enclosure.url) + "\" length=\"" + std::to_string(enclosure.bytes) +
         "\" type=\"" + enclosure.media_type + "\"/>\n" +
         element("itunes:duration", std::to_string(enclosure.seconds));
}

} // namespace

std::string Rss20Writer::head(const World&, const Feed& feed, const Page& page) const {
  const FeedTraits& traits = feed.traits;
  std::string out = xml_declaration(traits);
  out +=
      "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\""
      " xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:atom=\"http://www.w3.org/2005/Atom\""
      " xmlns:sy=\"http://purl.org/rss/1.0/modules/syndication/\" "
      "xmlns:fh=\"http://purl.org/syndication/history/1.0\""
      " xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\"";
  if (traits.relative_links) out += " xml:base=\"" + feed.site + "/\"";
  out += ">\n<channel>\n";
  out +=
      element("title", feed.title) + element("link", feed.site + "/") + element("description", feed.subtitle);
  out += element("language", language_tag(traits.script)) +
         element("lastBuildDate", format_rfc822_date(feed.modified));
  out += "<image><url>" + feed.site + "/logo.png</url>" + element("title", feed.title) +
         element("link", feed.site + "/") + "</image>\n";
  return out + hint_elements(traits.hints) + link_elements("atom:", page.links) + history_elements(page);
}

std::string Rss20Writer::item(const World& world, const Feed& feed, const Item& item, bool) const {
  if (item.oddity == Oddity::kEmpty) return "<item></item>\n";
  const ItemContent content = world.content(feed, item);
  const std::string link = written_link(world, feed, item.number);
  std::string out = "<item>\n" + element("title", content.title);
  if (!link.empty()) out += element("link", link);
  out += guid_element(world, feed, item);
  out += element("pubDate", item.oddity == Oddity::kBrokenDate ? "Thu, 99 Foo 2023 25:61:00 +9900"
                                                               : format_rfc822_date(item.published));
  out += element("dc:creator", content.author);
  for (const std::string& tag : content.tags) out += element("category", tag);
  out += body_elements(feed.traits, content);
  if (content.enclosure) out += enclosure_elements(*content.enclosure);
  return out + "</item>\n";
}

std::string Rss20Writer::tail(const World&, const Feed&, const Page&) const { return "</channel>\n</rss>\n"; }

} // namespace circuit::providers::rss
