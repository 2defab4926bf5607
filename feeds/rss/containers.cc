// Elements that hold other elements: channels, items, the source of an entry, media groups.
#include "feeds/rss/ascii.h"
#include "feeds/rss/handlers.h"

namespace circuit::feeds::rss {
namespace {

// CDF says with attributes what the others say with elements.
void read_cdf_attributes(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  if (!exists(element.first_attribute()) || parsing.out.version != "cdf") return;
  XmlReader& reader = parsing.reader;
  if (const std::string_view href = reader.attribute(element, "href"); !href.empty()) {
    target.meta.link = reader.resolve(scope, href);
    target.meta.links.push_back({.href = target.meta.link, .rel = "alternate", .type = kHtmlType});
  }
  if (const std::string_view modified = reader.attribute(element, "lastmod"); !modified.empty()) {
    target.meta.updated = reader.date_of(modified);
  }
}

// What Atom tells about the feed that an entry was copied from.
bool is_structured(pugi::xml_node source) {
  for (pugi::xml_node child = source.first_child(); exists(child); child = child.next_sibling()) {
    if (child.type() == pugi::node_element) return true;
  }
  return false;
}

} // namespace

void on_channel(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  if (target.feed == nullptr) return;
  read_cdf_attributes(parsing, scope, element, target);
  read_children(parsing, scope, element, target);
}

void on_entry(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  if (target.feed == nullptr) return; // an item inside an item is not one
  Entry& entry = parsing.out.entries.emplace_back(&parsing.reader.arena());
  entry.language = scope.language;
  if (exists(element.first_attribute()))
    entry.id = entry.id_text = parsing.reader.attribute(element, "about");
  Target inside{.meta = entry, .entry = &entry};
  read_cdf_attributes(parsing, scope, element, inside);
  read_children(parsing, scope, element, inside);
}

void on_source(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  if (target.entry == nullptr) return;
  XmlReader& reader = parsing.reader;
  Source* source = reader.make<Source>();
  target.entry->source = source;
  target.entry->source_href = reader.resolve(scope, reader.attribute(element, "url"));
  if (is_structured(element)) {
    Target inside{.meta = *source, .source = source};
    read_children(parsing, scope, element, inside);
  } else {
    source->title = reader.construct(scope, element, {.type = kPlainType});
    source->link = target.entry->source_href;
  }
}

void on_group(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  read_children(parsing, scope, element, target);
}

void on_ignored(Parsing&, const Scope&, pugi::xml_node, Target&) {}

} // namespace circuit::feeds::rss
