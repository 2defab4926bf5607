#pragma once
// The readers of single elements, by the file that holds them. Private to this folder; elements.cc names the
// elements.

#include "feeds/rss/elements.h"

namespace circuit::feeds::rss {

#define CIRCUIT_RSS_HANDLER(name) \
  void name(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target)

// containers.cc: what holds other elements
CIRCUIT_RSS_HANDLER(on_channel);
CIRCUIT_RSS_HANDLER(on_entry);
CIRCUIT_RSS_HANDLER(on_source);
CIRCUIT_RSS_HANDLER(on_group);
CIRCUIT_RSS_HANDLER(on_ignored);

// text_elements.cc: titles, descriptions, contents
CIRCUIT_RSS_HANDLER(on_title);
CIRCUIT_RSS_HANDLER(on_description);
CIRCUIT_RSS_HANDLER(on_abstract);
CIRCUIT_RSS_HANDLER(on_summary);
CIRCUIT_RSS_HANDLER(on_subtitle);
CIRCUIT_RSS_HANDLER(on_info);
CIRCUIT_RSS_HANDLER(on_rights);
CIRCUIT_RSS_HANDLER(on_content);
CIRCUIT_RSS_HANDLER(on_html_content);
CIRCUIT_RSS_HANDLER(on_xhtml_content);
CIRCUIT_RSS_HANDLER(on_media_title);
CIRCUIT_RSS_HANDLER(on_media_description);
CIRCUIT_RSS_HANDLER(on_fallback_summary);
CIRCUIT_RSS_HANDLER(on_fallback_subtitle);

// common_elements.cc: identity, links, people, categories, dates
CIRCUIT_RSS_HANDLER(on_id);
CIRCUIT_RSS_HANDLER(on_guid);
CIRCUIT_RSS_HANDLER(on_link);
CIRCUIT_RSS_HANDLER(on_enclosure);
CIRCUIT_RSS_HANDLER(on_author);
CIRCUIT_RSS_HANDLER(on_contributor);
CIRCUIT_RSS_HANDLER(on_publisher);
CIRCUIT_RSS_HANDLER(on_category);
CIRCUIT_RSS_HANDLER(on_published);
CIRCUIT_RSS_HANDLER(on_updated);
CIRCUIT_RSS_HANDLER(on_created);
CIRCUIT_RSS_HANDLER(on_expires);
CIRCUIT_RSS_HANDLER(on_language);
CIRCUIT_RSS_HANDLER(on_comments);

// feed_elements.cc: what only a feed has
CIRCUIT_RSS_HANDLER(on_generator);
CIRCUIT_RSS_HANDLER(on_generator_agent);
CIRCUIT_RSS_HANDLER(on_errors_to);
CIRCUIT_RSS_HANDLER(on_image);
CIRCUIT_RSS_HANDLER(on_icon);
CIRCUIT_RSS_HANDLER(on_logo);
CIRCUIT_RSS_HANDLER(on_text_input);
CIRCUIT_RSS_HANDLER(on_cloud);
CIRCUIT_RSS_HANDLER(on_docs);
CIRCUIT_RSS_HANDLER(on_ttl);
CIRCUIT_RSS_HANDLER(on_skip_hours);
CIRCUIT_RSS_HANDLER(on_skip_days);
CIRCUIT_RSS_HANDLER(on_update_period);
CIRCUIT_RSS_HANDLER(on_update_frequency);
CIRCUIT_RSS_HANDLER(on_update_base);
CIRCUIT_RSS_HANDLER(on_complete);
CIRCUIT_RSS_HANDLER(on_archive);
CIRCUIT_RSS_HANDLER(on_deleted_entry);

// extensions.cc: modules
CIRCUIT_RSS_HANDLER(on_extension);
CIRCUIT_RSS_HANDLER(on_url_extension);
CIRCUIT_RSS_HANDLER(on_media_item);
CIRCUIT_RSS_HANDLER(on_media_category);
CIRCUIT_RSS_HANDLER(on_itunes_category);
CIRCUIT_RSS_HANDLER(on_itunes_image);
CIRCUIT_RSS_HANDLER(on_keywords);
CIRCUIT_RSS_HANDLER(on_license);
CIRCUIT_RSS_HANDLER(on_place);
CIRCUIT_RSS_HANDLER(on_place_container);
CIRCUIT_RSS_HANDLER(on_latitude);
CIRCUIT_RSS_HANDLER(on_longitude);

#undef CIRCUIT_RSS_HANDLER

} // namespace circuit::feeds::rss
