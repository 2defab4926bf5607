#include "tests/providers/http_date.h"
#include "tests/providers/rss/encode.h"
#include "tests/providers/rss/format_writers.h"

namespace circuit::providers::rss {
namespace {

std::string about_of(const World& world, const Feed& feed, const Item& item) {
  return escape_xml(world.item_link(feed, item.number));
}

} // namespace

std::string Rss10Writer::head(const World& world, const Feed& feed, const Page& page) const {
  const Hints& hints = feed.traits.hints;
  std::string out = xml_declaration(feed.traits);
  out +=
      "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://purl.org/rss/1.0/\""
      " xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" "
      "xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
      " xmlns:sy=\"http://purl.org/rss/1.0/modules/syndication/\">\n";
  out += "<channel rdf:about=\"" + escape_xml(page.links.self) + "\">\n";
  out +=
      element("title", feed.title) + element("link", feed.site + "/") + element("description", feed.subtitle);
  out += element("dc:language", language_tag(feed.traits.script));
  out += element("dc:date", format_rfc3339_date(feed.modified));
  if (hints.update_period) out += element("sy:updatePeriod", *hints.update_period);
  if (hints.update_frequency) out += element("sy:updateFrequency", std::to_string(*hints.update_frequency));
  out += "<items><rdf:Seq>\n";
  for (const Item* item : page.items) {
    if (item->oddity != Oddity::kEmpty)
      out += "<rdf:li rdf:resource=\"" + about_of(world, feed, *item) + "\"/>\n";
  }
  return out + "</rdf:Seq></items>\n</channel>\n";
}

std::string Rss10Writer::item(const World& world, const Feed& feed, const Item& item, bool) const {
  if (item.oddity == Oddity::kEmpty) return "<item></item>\n";
  const ItemContent content = world.content(feed, item);
  const std::string about = about_of(world, feed, item);
  std::string out = "<item rdf:about=\"" + about + "\">\n" + element("title", content.title);
  out += "<link>" + about + "</link>\n" + element("description", content.summary);
  out += element("dc:creator", content.author);
  out += element("dc:date", item.oddity == Oddity::kBrokenDate ? "2023-99-99T25:61:00Z"
                                                               : format_rfc3339_date(item.published));
  for (const std::string& tag : content.tags) out += element("dc:subject", tag);
  return out + html_element("content:encoded", content.html, feed.traits.cdata) + "</item>\n";
}

std::string Rss10Writer::tail(const World&, const Feed&, const Page&) const { return "</rdf:RDF>\n"; }

} // namespace circuit::providers::rss
