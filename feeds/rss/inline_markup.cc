#include "feeds/rss/inline_markup.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "feeds/rss/ascii.h"
#include "feeds/rss/xml_reader.h"

namespace circuit::feeds::rss {
namespace {

constexpr auto kVoidElements =
    std::to_array<std::string_view>({"area", "base", "br", "col", "embed", "hr", "img", "input", "link",
                                     "meta", "param", "source", "track", "wbr"});

bool is_void(std::string_view name) {
  return std::find(kVoidElements.begin(), kVoidElements.end(), name) != kVoidElements.end();
}

// Appends `text` with each of `specials` replaced by what `replacement` says, in runs.
template <class Replacement>
void append_replacing(std::string& out, std::string_view text, std::string_view specials,
                      Replacement replacement) {
  for (size_t at = 0;;) {
    const size_t special = text.find_first_of(specials, at);
    out += text.substr(at, special - at);
    if (special == std::string_view::npos) return;
    out += replacement(text[special]);
    at = special + 1;
  }
}

void append_escaped(std::string& out, std::string_view text) {
  append_replacing(out, text, "<>&", [](char c) { return c == '<' ? "&lt;" : c == '>' ? "&gt;" : "&amp;"; });
}

void append_attribute_value(std::string& out, std::string_view raw) {
  for (size_t quote; (quote = raw.find('"')) != std::string_view::npos; raw.remove_prefix(quote + 1)) {
    out += raw.substr(0, quote);
    out += "&quot;";
  }
  out += raw;
}

// The parser keeps no white space between elements, but names are still in their place in the document: the
// byte before an element's '<' tells whether there was some.
bool follows_white_space(pugi::xml_node element) { return is_space(element.name()[-2]); }

// XHTML needs no prefix, SVG and MathML are told apart by their roots: what remains of a name in HTML.
std::string_view html_name(const Name& name, const char* as_written) {
  const bool known =
      name.ns == Ns::kCore || name.ns == Ns::kXhtml || name.ns == Ns::kSvg || name.ns == Ns::kMathMl;
  return known ? name.local : std::string_view(as_written);
}

constexpr auto kUrlAttributes = std::to_array<std::string_view>({"href", "src", "cite", "action", "poster"});

bool is_url_attribute(std::string_view name) {
  return std::find(kUrlAttributes.begin(), kUrlAttributes.end(), name) != kUrlAttributes.end();
}

class Writer {
 public:
  Writer(std::string& out, XmlReader& reader, const Scope& scope) : out_(out), reader_(reader) {
    scopes_.push_back(scope);
  }

  // What follows is inside `element`, which itself is not written.
  void step_into(pugi::xml_node element) { scopes_.push_back(reader_.enter(scopes_.back(), element)); }

  void write_children(pugi::xml_node element) {
    out_ += std::string_view(element.value());
    for (pugi::xml_node node = element.first_child(); node;) {
      if (const pugi::xml_node child = open(node)) {
        node = child;
        continue;
      }
      while (!node.next_sibling()) {
        node = node.parent();
        if (node == element) return;
        close(node);
      }
      node = node.next_sibling();
    }
  }

 private:
  // Writes the start of a node and returns the child to go on with; none: the node is finished.
  pugi::xml_node open(pugi::xml_node node) {
    if (node.type() == pugi::node_cdata) {
      append_escaped(out_, node.value());
      return {};
    }
    if (node.type() != pugi::node_element) {
      out_ += std::string_view(node.value());
      return {};
    }
    if (follows_white_space(node) && !out_.empty() && !is_space(out_.back())) out_ += ' ';
    scopes_.push_back(reader_.enter(scopes_.back(), node));
    const Name name = reader_.name_of(scopes_.back(), node);
    out_ += '<';
    out_ += html_name(name, node.name());
    write_attributes(node, name);
    if (is_void(name.local)) {
      out_ += " />";
      scopes_.pop_back();
      return {};
    }
    out_ += '>';
    out_ += std::string_view(node.value());
    const pugi::xml_node child = node.first_child();
    if (!child) close(node);
    return child;
  }

  void close(pugi::xml_node element) {
    out_ += "</";
    out_ += html_name(reader_.name_of(scopes_.back(), element), element.name());
    out_ += '>';
    scopes_.pop_back();
  }

  void write_attributes(pugi::xml_node element, const Name& name) {
    const bool own_base = scopes_.back().base != scopes_.front().base;
    bool has_namespace = false;
    for (const pugi::xml_attribute attribute : element.attributes()) {
      const std::string_view key = attribute.name();
      if (key == "xmlns") has_namespace = true;
      if (key.starts_with("xmlns") && name.ns == Ns::kXhtml) continue;
      const bool resolved = own_base && is_url_attribute(key);
      write_attribute(key, resolved ? reader_.resolve(scopes_.back(), attribute.value()) : attribute.value());
    }
    const bool foreign_root = name.local == "svg" || name.local == "math";
    if (!foreign_root || has_namespace) return;
    if (name.ns == Ns::kSvg) write_attribute("xmlns", "http://www.w3.org/2000/svg");
    if (name.ns == Ns::kMathMl) write_attribute("xmlns", "http://www.w3.org/1998/Math/MathML");
  }

  void write_attribute(std::string_view name, std::string_view raw_value) {
    out_ += ' ';
    out_ += name;
    out_ += "=\"";
    append_attribute_value(out_, raw_value);
    out_ += '"';
  }

  std::string& out_;
  XmlReader& reader_;
  std::vector<Scope> scopes_; // of the elements being written; the first is the one around them all
};

bool is_blank(std::string_view text) { return trim(text).empty(); }

// The <div> that holds all of the content, or none.
pugi::xml_node only_div(const XmlReader& reader, const Scope& scope, pugi::xml_node element) {
  const pugi::xml_node child = element.first_child();
  if (!is_blank(element.value()) || child.type() != pugi::node_element || child.next_sibling()) return {};
  return reader.name_of(scope, child).local == "div" ? child : pugi::xml_node{};
}

} // namespace

void append_inline_markup(std::string& out, XmlReader& reader, const Scope& scope, pugi::xml_node element,
                          bool unwrap_div) {
  const pugi::xml_node div = unwrap_div ? only_div(reader, scope, element) : pugi::xml_node{};
  Writer writer(out, reader, scope);
  if (div) writer.step_into(div);
  writer.write_children(div ? div : element);
}

} // namespace circuit::feeds::rss
