#include "tests/conformance/html_equivalence.h"

#include <libxml/HTMLparser.h>

#include <map>
#include <memory>

namespace circuit::conformance {
namespace {

struct DocumentCloser {
  void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};

const char* chars(const xmlChar* text) { return text == nullptr ? "" : reinterpret_cast<const char*>(text); }

void append_collapsed(std::string& out, std::string_view text) {
  for (const char c : text) {
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!space) {
      out += c;
    } else if (out.empty() || out.back() != ' ') {
      out += ' ';
    }
  }
}

void append_node(std::string& out, const xmlNode* node) {
  if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
    append_collapsed(out, chars(node->content));
    return;
  }
  if (node->type != XML_ELEMENT_NODE) return;
  std::map<std::string, std::string> attributes;
  for (const xmlAttr* attribute = node->properties; attribute != nullptr; attribute = attribute->next) {
    std::string& value = attributes[chars(attribute->name)];
    for (const xmlNode* part = attribute->children; part != nullptr; part = part->next)
      value += chars(part->content);
  }
  out += '<';
  out += chars(node->name);
  for (const auto& [name, value] : attributes)
    out.append(" ").append(name).append("=[").append(value).append("]");
  out += '>';
  for (const xmlNode* child = node->children; child != nullptr; child = child->next) append_node(out, child);
  out.append("</").append(chars(node->name)).append(">");
}

} // namespace

std::string canonical_html(std::string_view fragment) {
  const std::string page = "<html><body><div>" + std::string(fragment) + "</div></body></html>";
  const std::unique_ptr<xmlDoc, DocumentCloser> document(
      htmlReadMemory(page.data(), static_cast<int>(page.size()), nullptr, "UTF-8",
                     HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET));
  if (document == nullptr) return {};
  std::string out;
  const xmlNode* root = xmlDocGetRootElement(document.get());
  if (root != nullptr) append_node(out, root);
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

} // namespace circuit::conformance
