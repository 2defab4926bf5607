#include "tests/providers/rss/encode.h"
#include "tests/providers/rss/format_writers.h"

namespace circuit::providers::rss {

std::string xml_declaration(const FeedTraits& traits) {
  // Without any label UTF-8 is what XML means.
  const bool silent = traits.charset == Charset::kUtf8 && traits.charset_label == CharsetLabel::kMissing;
  if (silent) return "<?xml version=\"1.0\"?>\n";
  return std::string("<?xml version=\"1.0\" encoding=\"") + charset_name(traits.charset) + "\"?>\n";
}

std::string element(std::string_view name, std::string_view text) {
  std::string out = "<";
  out.append(name).append(">").append(escape_xml(text)).append("</").append(name).append(">\n");
  return out;
}

std::string html_element(std::string_view name, std::string_view html, bool in_cdata) {
  std::string out = "<";
  out.append(name).append(">").append(in_cdata ? cdata(html) : escape_xml(html));
  out.append("</").append(name).append(">\n");
  return out;
}

std::string link_elements(std::string_view prefix, const PageLinks& links) {
  const std::pair<const char*, const std::string*> all[] = {{"self", &links.self},
                                                            {"first", &links.first},
                                                            {"last", &links.last},
                                                            {"next", &links.next},
                                                            {"previous", &links.previous},
                                                            {"prev-archive", &links.prev_archive},
                                                            {"next-archive", &links.next_archive},
                                                            {"current", &links.current}};
  std::string out;
  for (const auto& [rel, href] : all) {
    if (href->empty()) continue;
    out.append("<").append(prefix).append("link rel=\"").append(rel).append("\" href=\"");
    out.append(escape_xml(*href)).append("\"/>\n");
  }
  return out;
}

std::string history_elements(const Page& page) {
  std::string out;
  if (page.archive) out += "<fh:archive/>\n";
  if (page.complete) out += "<fh:complete/>\n";
  return out;
}

std::string written_link(const World& world, const Feed& feed, uint32_t number) {
  const std::string link = world.item_link(feed, number);
  return feed.traits.relative_links && !link.empty() ? link.substr(feed.site.size()) : link;
}

} // namespace circuit::providers::rss
