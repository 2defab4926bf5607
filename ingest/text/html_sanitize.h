#pragma once
// What sanitize_html lets through. Private to this folder. Pure functions; any thread.

#include <string>
#include <string_view>

#include "ingest/text/html_tags.h"

namespace circuit::text {

enum class Vocabulary { kHtml, kMathMl, kSvg };

bool is_allowed_element(Vocabulary vocabulary, std::string_view name);
bool is_allowed_attribute(Vocabulary vocabulary, std::string_view name);

// Attributes that hold an address, on whatever element.
bool is_url_attribute(std::string_view name);
// Those of them that are resolved against the base on this element ("href" on <a>, not on <span>).
bool is_resolved_attribute(Tag tag, std::string_view name);

// The declarations of a style attribute that can do nothing but style; empty where none is left.
std::string sanitize_style(std::string_view style);

} // namespace circuit::text
