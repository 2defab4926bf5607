#include "tests/providers/http_date.h"
#include "tests/providers/rss/encode.h"
#include "tests/providers/rss/format_writers.h"

namespace circuit::providers::rss {
namespace {

// Without CDATA, the markup itself (type="xhtml") in even items and escaped (type="html") in the others.
std::string content_element(const Feed& feed, const Item& item, const ItemContent& content) {
  if (feed.traits.cdata) return "<content type=\"html\">" + cdata(content.html) + "</content>\n";
  if (item.number % 2 != 0) return "<content type=\"html\">" + escape_xml(content.html) + "</content>\n";
  return "<content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">" + content.html +
         "</div></content>\n";
}

std::string enclosure_link(const Enclosure& enclosure) {
  return "<link rel=\"enclosure\" type=\"" + enclosure.media_type + "\" length=\"" +
         std::to_string(enclosure.bytes) + "\" href=\"" + escape_xml(enclosure.url) + "\"/>\n";
}

} // namespace

std::string Atom10Writer::head(const World&, const Feed& feed, const Page& page) const {
  const FeedTraits& traits = feed.traits;
  std::string out = xml_declaration(traits);
  out +=
      "<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:fh=\"http://purl.org/syndication/history/1.0\""
      " xmlns:at=\"http://purl.org/atompub/tombstones/1.0\" xml:lang=\"";
  out += language_tag(traits.script);
  out += '"';
  if (traits.relative_links) out += " xml:base=\"" + feed.site + "/\"";
  out += ">\n" + element("id", "tag:" + feed.site.substr(8) + ",2023:feed");
  out += element("title", feed.title) + element("subtitle", feed.subtitle);
  out += element("updated", format_rfc3339_date(feed.modified));
  out += "<author>" + element("name", feed.author) + "</author>\n";
  out += "<link rel=\"alternate\" type=\"text/html\" href=\"" + feed.site + "/\"/>\n";
  return out + link_elements("", page.links) + history_elements(page);
}

std::string Atom10Writer::item(const World& world, const Feed& feed, const Item& item, bool) const {
  if (item.oddity == Oddity::kEmpty) return "<entry></entry>\n";
  const ItemContent content = world.content(feed, item);
  std::string out =
      "<entry>\n" + element("id", world.item_id(feed, item.number)) + element("title", content.title);
  out += "<link rel=\"alternate\" href=\"" + escape_xml(written_link(world, feed, item.number)) + "\"/>\n";
  if (item.oddity == Oddity::kBrokenDate) {
    out += element("published", "yesterday") + element("updated", "2023-99-99T25:61:00Z");
  } else {
    out += element("published", format_rfc3339_date(item.published));
    out += element("updated", format_rfc3339_date(item.updated));
  }
  out += "<author>" + element("name", content.author) + "</author>\n";
  for (const std::string& tag : content.tags) out += "<category term=\"" + escape_xml(tag) + "\"/>\n";
  out += element("summary", content.summary) + content_element(feed, item, content);
  if (content.enclosure) out += enclosure_link(*content.enclosure);
  return out + "</entry>\n";
}

std::string Atom10Writer::tail(const World& world, const Feed& feed, const Page& page) const {
  std::string out;
  if (page.tombstones) {
    for (const Tombstone& tombstone : feed.tombstones) {
      const std::string ref = escape_xml(world.item_id(feed, tombstone.number));
      out +=
          "<at:deleted-entry ref=\"" + ref + "\" when=\"" + format_rfc3339_date(tombstone.deleted) + "\"/>\n";
    }
  }
  return out + "</feed>\n";
}

} // namespace circuit::providers::rss
