// Elements of modules: media, podcasts, places, licences, and all that have no field of their own.
#include <algorithm>
#include <new>

#include "feeds/rss/ascii.h"
#include "feeds/rss/handlers.h"

namespace circuit::feeds::rss {
namespace {

constexpr std::string_view kMediaCategoryScheme = "http://search.yahoo.com/mrss/category_schema";
constexpr std::string_view kItunesScheme = "http://www.itunes.com/";

// "slash_comments": the usual prefix where the vocabulary is known, else the document's, and the name in
// lower case.
std::string_view extension_name(Parsing& parsing, const Scope& scope, pugi::xml_node element) {
  KnownElements::Element& known = parsing.elements.find(parsing.reader, scope, element.name());
  if (!known.extension_name.empty()) return known.extension_name;
  std::string key(known.name.ns == Ns::kUnknown ? known.name.prefix : usual_prefix(known.name.ns));
  if (!key.empty()) key += '_';
  for (const char c : known.name.local) key += to_lower(c);
  return known.extension_name = parsing.reader.keep(key);
}

std::span<const Attribute> extension_attributes(XmlReader& reader, pugi::xml_node element) {
  Attributes found = reader.attributes(element);
  if (found.size() == 0) return {};
  const size_t bytes = found.size() * sizeof(Attribute);
  auto* kept = static_cast<Attribute*>(reader.arena().allocate(bytes, alignof(Attribute)));
  for (size_t i = 0; i < found.size(); ++i) new (kept + i) Attribute{found.name(i), found.value(i)};
  return {kept, found.size()};
}

Media::Kind media_kind(std::string_view local) {
  if (equals_ignoring_case(local, "thumbnail")) return Media::Kind::kThumbnail;
  if (equals_ignoring_case(local, "player")) return Media::Kind::kPlayer;
  return Media::Kind::kContent;
}

} // namespace

void on_extension(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  XmlReader& reader = parsing.reader;
  Extension extension;
  extension.value = reader.text(element);
  if (exists(element.first_attribute())) extension.attributes = extension_attributes(reader, element);
  if (extension.value.empty() && extension.attributes.empty()) return;
  extension.name = extension_name(parsing, scope, element);
  target.meta.extensions.push_back(extension);
}

void on_url_extension(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  XmlReader& reader = parsing.reader;
  const std::string_view url = reader.url(scope, element);
  if (url.empty()) return;
  target.meta.extensions.push_back({.name = extension_name(parsing, scope, element), .value = url});
}

// media:content and its kin. They may hold further elements that describe them, which are the entry's as
// well.
void on_media_item(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  if (target.entry != nullptr) {
    XmlReader& reader = parsing.reader;
    Media media;
    media.kind = media_kind(reader.name_of(scope, element).local);
    Attributes attributes = reader.attributes(element);
    media.url = reader.resolve(scope, attributes.get("url"));
    if (media.url.empty() && media.kind != Media::Kind::kContent) media.url = reader.url(scope, element);
    media.type = attributes.get("type");
    media.medium = attributes.get("medium");
    media.width = attributes.get("width");
    media.height = attributes.get("height");
    media.duration = attributes.get("duration");
    media.length = attributes.get("filesize");
    if (!media.url.empty()) target.entry->media.push_back(media);
  }
  read_children(parsing, scope, element, target);
}

void on_media_category(Parsing& parsing, const Scope&, pugi::xml_node element, Target& target) {
  Category category{.term = parsing.reader.text(element),
                    .scheme = parsing.reader.attribute(element, "scheme"),
                    .label = parsing.reader.attribute(element, "label")};
  if (category.scheme.empty()) category.scheme = kMediaCategoryScheme;
  if (!category.term.empty() || !category.label.empty()) target.meta.categories.push_back(category);
}

void on_itunes_category(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  const std::string_view term = parsing.reader.attribute(element, "text");
  if (!term.empty()) target.meta.categories.push_back({.term = term, .scheme = kItunesScheme});
  read_children(parsing, scope, element, target); // subcategories
}

void on_itunes_image(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  XmlReader& reader = parsing.reader;
  std::string_view href = reader.resolve(scope, reader.attribute(element, "href"));
  if (href.empty()) href = reader.resolve(scope, reader.attribute(element, "url"));
  if (!href.empty() && target.meta.image.href.empty()) target.meta.image.href = href;
}

void on_keywords(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  const bool itunes = parsing.reader.name_of(scope, element).ns == Ns::kItunes;
  std::string_view rest = parsing.reader.text(element);
  while (!rest.empty()) {
    const size_t comma = rest.find(',');
    const std::string_view term = trim(rest.substr(0, comma));
    if (!term.empty()) {
      target.meta.categories.push_back({.term = term, .scheme = itunes ? kItunesScheme : std::string_view{}});
    }
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  }
}

void on_license(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  XmlReader& reader = parsing.reader;
  std::string_view href = reader.resolve(scope, reader.attribute(element, "resource"));
  if (href.empty()) href = reader.url(scope, element);
  if (href.empty()) return;
  target.meta.license = href;
  target.meta.links.push_back({.href = href, .rel = "license"});
}

void on_place(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  const std::string_view coordinates = parsing.reader.text(element);
  if (!coordinates.empty()) target.meta.where = {parsing.reader.name_of(scope, element).local, coordinates};
}

// georss:where and geo:Point hold the place one or two elements further down; GML ends in pos, posList or a
// corner pair.
void on_place_container(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  XmlReader& reader = parsing.reader;
  const Name own = reader.name_of(scope, element);
  if (equals_ignoring_case(own.local, "point") && own.ns == Ns::kGeo)
    return read_children(parsing, scope, element, target);
  for (pugi::xml_node shape = element.first_child(); exists(shape); shape = shape.next_sibling()) {
    std::string coordinates;
    const std::string_view name = reader.name_of(reader.enter(scope, shape), shape).local;
    for (pugi::xml_node node = shape.first_child(); exists(node); node = node.first_child()) {
      for (pugi::xml_node part = node; exists(part); part = part.next_sibling()) {
        if (part.type() != pugi::node_element) continue;
        if (!coordinates.empty()) coordinates += ' ';
        coordinates += reader.text(part);
      }
    }
    if (coordinates.empty()) continue;
    target.meta.where.coordinates = reader.keep(trim(coordinates));
    target.meta.where.shape = equals_ignoring_case(name, "point")        ? "point"
                              : equals_ignoring_case(name, "linestring") ? "line"
                              : equals_ignoring_case(name, "polygon")    ? "polygon"
                                                                         : "box";
  }
}

void on_latitude(Parsing& parsing, const Scope&, pugi::xml_node element, Target& target) {
  XmlReader& reader = parsing.reader;
  const std::string_view latitude = reader.text(element);
  const std::string longitude(target.meta.where.coordinates.substr(
      std::min<size_t>(target.meta.where.coordinates.find(' '), target.meta.where.coordinates.size())));
  target.meta.where = {"point", reader.keep(std::string(latitude) + longitude)};
}

void on_longitude(Parsing& parsing, const Scope&, pugi::xml_node element, Target& target) {
  XmlReader& reader = parsing.reader;
  const std::string latitude(
      target.meta.where.coordinates.substr(0, target.meta.where.coordinates.find(' ')));
  target.meta.where = {"point", reader.keep(latitude + " " + std::string(reader.text(element)))};
}

} // namespace circuit::feeds::rss
