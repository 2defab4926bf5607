// Identity, links, people, categories, dates: what feeds and entries alike have.
#include "feeds/rss/ascii.h"
#include "feeds/rss/handlers.h"
#include "feeds/rss/people.h"

namespace circuit::feeds::rss {
namespace {

bool has_children(pugi::xml_node element) {
  for (pugi::xml_node child = element.first_child(); exists(child); child = child.next_sibling()) {
    if (child.type() == pugi::node_element) return true;
  }
  return false;
}

Person read_person(Parsing& parsing, const Scope& scope, pugi::xml_node element) {
  XmlReader& reader = parsing.reader;
  Person person;
  if (!has_children(element)) {
    return parse_person(reader.text(element));
  }
  for (pugi::xml_node child = element.first_child(); exists(child); child = child.next_sibling()) {
    if (child.type() != pugi::node_element) continue;
    const Scope inner = reader.enter(scope, child);
    const std::string_view name = reader.name_of(inner, child).local;
    if (equals_ignoring_case(name, "name")) {
      person.name = reader.text(child);
    } else if (equals_ignoring_case(name, "email")) {
      person.email = reader.text(child);
    } else if (equals_ignoring_case(name, "uri") || equals_ignoring_case(name, "url") ||
               equals_ignoring_case(name, "homepage")) {
      person.href = reader.url(inner, child);
    }
  }
  return person;
}

std::string_view href_of(Parsing& parsing, const Scope& scope, Attributes& attributes) {
  for (const char* name : {"href", "url", "uri"}) {
    if (const std::string_view value = attributes.get(name); !value.empty()) {
      return parsing.reader.resolve(scope, value);
    }
  }
  return {};
}

void set_date(Parsing& parsing, pugi::xml_node element, Date& date) {
  const Date read = parsing.reader.date(element);
  if (read.present()) date = read;
}

} // namespace

void on_id(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  target.meta.id_text = parsing.reader.text(element);
  target.meta.id = parsing.reader.resolve(scope, target.meta.id_text);
  if (target.meta.id.empty()) target.meta.id = target.meta.id_text;
}

// RSS: isPermaLink says whether the id is a URL; it is unless told otherwise.
void on_guid(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  const std::string_view permalink = parsing.reader.attribute(element, "ispermalink");
  const bool is_url = permalink.empty() || equals_ignoring_case(permalink, "true");
  if (is_url) {
    on_id(parsing, scope, element, target);
  } else {
    target.meta.id = target.meta.id_text = parsing.reader.text(element);
  }
  if (target.entry != nullptr) target.entry->id_is_permalink = is_url && !target.meta.id.empty();
}

void on_link(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  XmlReader& reader = parsing.reader;
  Link link{.rel = "alternate"};
  if (exists(element.first_attribute())) {
    Attributes attributes = reader.attributes(element);
    link.href = href_of(parsing, scope, attributes);
    if (const std::string_view rel = attributes.get("rel"); !rel.empty()) link.rel = rel;
    link.type = attributes.get("type");
    link.title = attributes.get("title");
    link.hreflang = attributes.get("hreflang");
    link.length = attributes.get("length");
  }
  const bool from_text = link.href.empty();
  if (from_text) link.href = reader.url(scope, element);
  if (link.href.empty()) return;
  if (link.type.empty()) link.type = link.rel == "self" ? "application/atom+xml" : kHtmlType;
  target.meta.links.push_back(link);
  const std::string_view type = mime_type_of(link.type, kHtmlType);
  if (from_text || (link.rel == "alternate" && (type == kHtmlType || type == kXhtmlType)))
    target.meta.link = link.href;
  if (link.rel == "license") target.meta.license = link.href;
}

void on_enclosure(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  Attributes attributes = parsing.reader.attributes(element);
  Link link{.href = href_of(parsing, scope, attributes), .rel = "enclosure"};
  if (link.href.empty()) link.href = parsing.reader.url(scope, element);
  link.type = attributes.get("type");
  link.length = attributes.get("length");
  if (!link.href.empty()) target.meta.links.push_back(link);
}

void on_comments(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  if (target.entry != nullptr) target.entry->comments = parsing.reader.url(scope, element);
}

void on_author(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  const Person person = read_person(parsing, scope, element);
  if (person.present()) target.meta.authors.push_back(person);
}

void on_contributor(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  const Person person = read_person(parsing, scope, element);
  if (person.present()) target.meta.contributors.push_back(person);
}

void on_publisher(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  const Person person = read_person(parsing, scope, element);
  if (person.present()) target.meta.publisher = person;
}

void on_category(Parsing& parsing, const Scope&, pugi::xml_node element, Target& target) {
  XmlReader& reader = parsing.reader;
  Category category;
  if (exists(element.first_attribute())) {
    Attributes attributes = reader.attributes(element);
    category.term = attributes.get("term");
    category.scheme = attributes.get("scheme");
    if (category.scheme.empty()) category.scheme = attributes.get("domain");
    category.label = attributes.get("label");
  }
  if (category.term.empty()) category.term = reader.text(element);
  if (!category.term.empty() || !category.label.empty()) target.meta.categories.push_back(category);
}

void on_published(Parsing& parsing, const Scope&, pugi::xml_node element, Target& target) {
  set_date(parsing, element, target.meta.published);
}

void on_updated(Parsing& parsing, const Scope&, pugi::xml_node element, Target& target) {
  set_date(parsing, element, target.meta.updated);
}

void on_created(Parsing& parsing, const Scope&, pugi::xml_node element, Target& target) {
  set_date(parsing, element, target.meta.created);
}

void on_expires(Parsing& parsing, const Scope&, pugi::xml_node element, Target& target) {
  set_date(parsing, element, target.meta.expires);
}

void on_language(Parsing& parsing, const Scope&, pugi::xml_node element, Target& target) {
  const std::string_view language = parsing.reader.text(element);
  if (!language.empty()) target.meta.language = language;
}

} // namespace circuit::feeds::rss
