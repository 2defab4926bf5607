#pragma once
// Which addresses in HTML may be followed, which image an <img> means, and which images only watch the
// reader. Private to this folder. Pure functions; any thread.

#include <string>
#include <string_view>

#include "ingest/text/html_parse.h"

namespace circuit::text {

// Relative, or of a scheme that only navigates: http, https, mailto and their like. Not javascript:, data:,
// file:.
bool is_safe_url(std::string_view url);

// `url` against `base_url` (which may be empty), trimmed; empty where it is not safe.
std::string safe_link(std::string_view base_url, std::string_view url);

// The address of the picture itself: lazy loading puts a placeholder into src and the truth elsewhere. May be
// empty.
std::string_view image_source(const HtmlElement& image);

// The largest candidate of a srcset attribute, or empty.
std::string_view largest_candidate(std::string_view srcset);

// One pixel, invisible, or from a place that serves nothing but beacons.
bool is_tracking_image(const HtmlElement& image, std::string_view source);

// hidden, or style="display: none".
bool is_hidden(const HtmlElement& element);

} // namespace circuit::text
