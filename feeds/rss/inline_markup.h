#pragma once
// The content of an element as HTML source: what Atom calls xhtml, and what RSS has where somebody forgot to
// escape. Private to this folder.

#include <pugixml.hpp>
#include <string>

namespace circuit::feeds::rss {

class XmlReader;
struct Scope;

// Appends the children of `element`. Prefixes of XHTML, SVG and MathML go (a foreign root gets its xmlns
// instead); text stays escaped as it is in the document. Links below an xml:base of their own are made
// absolute, as only here it is known. `unwrap_div`: without the single <div> that holds everything. Bounded
// by the tree's depth, which is bounded; does not recurse.
void append_inline_markup(std::string& out, XmlReader& reader, const Scope& scope, pugi::xml_node element,
                          bool unwrap_div);

} // namespace circuit::feeds::rss
