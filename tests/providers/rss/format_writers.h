#pragma once
// The four formats. Private to this folder; stateless.

#include "tests/providers/rss/render.h"

namespace circuit::providers::rss {

class Rss20Writer final : public FormatWriter {
 public:
  std::string head(const World& world, const Feed& feed, const Page& page) const override;
  std::string item(const World& world, const Feed& feed, const Item& item, bool first) const override;
  std::string tail(const World& world, const Feed& feed, const Page& page) const override;
};

class Rss10Writer final : public FormatWriter {
 public:
  std::string head(const World& world, const Feed& feed, const Page& page) const override;
  std::string item(const World& world, const Feed& feed, const Item& item, bool first) const override;
  std::string tail(const World& world, const Feed& feed, const Page& page) const override;
};

class Atom10Writer final : public FormatWriter {
 public:
  std::string head(const World& world, const Feed& feed, const Page& page) const override;
  std::string item(const World& world, const Feed& feed, const Item& item, bool first) const override;
  std::string tail(const World& world, const Feed& feed, const Page& page) const override;
};

class JsonFeedWriter final : public FormatWriter {
 public:
  std::string head(const World& world, const Feed& feed, const Page& page) const override;
  std::string item(const World& world, const Feed& feed, const Item& item, bool first) const override;
  std::string tail(const World& world, const Feed& feed, const Page& page) const override;
};

// What the XML formats share.

// <?xml ...?>, which names the encoding unless the traits leave it out.
std::string xml_declaration(const FeedTraits& traits);
std::string element(std::string_view name, std::string_view text); // escaped; on a line of its own
// The item's HTML, in CDATA or escaped.
std::string html_element(std::string_view name, std::string_view html, bool in_cdata);
// <atom:link rel="..." href="..."/> for each that there is; `prefix` is "atom:" or empty.
std::string link_elements(std::string_view prefix, const PageLinks& links);
// fh:archive and fh:complete.
std::string history_elements(const Page& page);
// The link as the feed writes it: relative where the traits say so.
std::string written_link(const World& world, const Feed& feed, uint32_t number);

} // namespace circuit::providers::rss
