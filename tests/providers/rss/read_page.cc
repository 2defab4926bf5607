#include "tests/providers/rss/read_page.h"

#include <iconv.h>

#include <boost/json.hpp>
#include <pugixml.hpp>
#include <sstream>

namespace circuit::providers::rss {
namespace {

namespace json = boost::json;

std::optional<std::string> to_utf8(const std::string& bytes, Charset charset) {
  const iconv_t handle = iconv_open("UTF-8", charset == Charset::kShiftJis ? "CP932" : charset_name(charset));
  std::string out(bytes.size() * 4 + 16, '\0');
  char* in = const_cast<char*>(bytes.data());
  size_t in_left = bytes.size();
  char* to = out.data();
  size_t to_left = out.size();
  const size_t status = iconv(handle, &in, &in_left, &to, &to_left);
  iconv_close(handle);
  if (status == static_cast<size_t>(-1)) return std::nullopt;
  out.resize(out.size() - to_left);
  return out;
}

std::string inner_xml(pugi::xml_node node) {
  std::ostringstream out;
  for (const pugi::xml_node child : node.children()) child.print(out, "", pugi::format_raw);
  return out.str();
}

ReadItem read_entry(pugi::xml_node node) {
  ReadItem item{node.child_value("id"), node.child_value("title"), "", "", node.child_value("updated")};
  item.link = node.find_child_by_attribute("link", "rel", "alternate").attribute("href").value();
  const pugi::xml_node content = node.child("content");
  const bool xhtml = std::string_view(content.attribute("type").value()) == "xhtml";
  item.html = xhtml ? inner_xml(content) : content.text().get();
  return item;
}

ReadPage read_atom(pugi::xml_node feed) {
  ReadPage page;
  page.title = feed.child_value("title");
  for (const pugi::xml_node link : feed.children("link")) {
    const std::string_view rel = link.attribute("rel").value();
    const char* href = link.attribute("href").value();
    if (rel == "next") page.next = href;
    if (rel == "prev-archive") page.prev_archive = href;
    if (rel == "self") page.self = href;
  }
  page.complete = feed.child("fh:complete");
  page.archive = feed.child("fh:archive");
  for (const pugi::xml_node entry : feed.children("entry")) page.items.push_back(read_entry(entry));
  for (const pugi::xml_node gone : feed.children("at:deleted-entry"))
    page.deleted.push_back(gone.attribute("ref").value());
  return page;
}

// `items` is the element that holds them: the channel in RSS 2.0, the root in RSS 1.0.
ReadPage read_rss(pugi::xml_node channel, pugi::xml_node items) {
  ReadPage page;
  page.title = channel.child_value("title");
  for (const pugi::xml_node link : channel.children("atom:link")) {
    const std::string_view rel = link.attribute("rel").value();
    const char* href = link.attribute("href").value();
    if (rel == "next") page.next = href;
    if (rel == "prev-archive") page.prev_archive = href;
    if (rel == "self") page.self = href;
  }
  page.complete = channel.child("fh:complete");
  page.archive = channel.child("fh:archive");
  for (const pugi::xml_node node : items.children("item")) {
    ReadItem item{node.child_value("guid"), node.child_value("title"), node.child_value("link"), "", ""};
    if (const auto about = node.attribute("rdf:about")) item.id = about.value();
    item.date = node.child(node.child("pubDate") ? "pubDate" : "dc:date").child_value();
    item.html = node.child(node.child("content:encoded") ? "content:encoded" : "description").text().get();
    page.items.push_back(std::move(item));
  }
  return page;
}

std::string text_of(const json::object& object, const char* key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

std::optional<ReadPage> read_json(const std::string& bytes) {
  boost::system::error_code error;
  const json::value document = json::parse(bytes, error);
  if (error || !document.is_object()) return std::nullopt;
  const json::object& feed = document.as_object();
  if (text_of(feed, "version") != "https://jsonfeed.org/version/1.1") return std::nullopt;
  ReadPage page;
  page.title = text_of(feed, "title");
  page.next = text_of(feed, "next_url");
  page.self = text_of(feed, "feed_url");
  for (const json::value& value : feed.at("items").as_array()) {
    const json::object& item = value.as_object();
    page.items.push_back({text_of(item, "id"), text_of(item, "title"), text_of(item, "url"),
                          text_of(item, "content_html"), text_of(item, "date_published")});
  }
  return page;
}

} // namespace

std::optional<ReadPage> read_page(const std::string& bytes, Format format, Charset charset) {
  if (format == Format::kJsonFeed11) return read_json(bytes);
  const auto text = to_utf8(bytes, charset);
  pugi::xml_document document;
  if (!text || !document.load_buffer(text->data(), text->size(), pugi::parse_default, pugi::encoding_utf8)) {
    return std::nullopt;
  }
  const pugi::xml_node root = document.document_element();
  const std::string_view name = root.name();
  if (format == Format::kAtom10 && name == "feed") return read_atom(root);
  if (format == Format::kRss20 && name == "rss")
    return read_rss(root.child("channel"), root.child("channel"));
  if (format == Format::kRss10 && name == "rdf:RDF") return read_rss(root.child("channel"), root);
  return std::nullopt;
}

} // namespace circuit::providers::rss
