#pragma once
// From the world to bytes: one page of a feed in the feed's own format and charset, whole or piece by piece.
// Written from the RSS 2.0 specification, RDF Site Summary 1.0 with its content, dc and syndication modules,
// RFC 4287, RFC 5005, RFC 6721 and JSON Feed 1.1.
//
// One thread: that of the world, which a PageRenderer must not outlive. What changes while it renders is
// rendered as it is by then.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/providers/rss/world.h"

namespace circuit::providers::rss {

// Addresses of other documents of the same feed; empty where there is none.
struct PageLinks {
  std::string self, first, last, next, previous, prev_archive, next_archive, current;
};

struct Page {
  std::vector<const Item*> items; // the newest first
  PageLinks links;
  bool archive = false;    // fh:archive
  bool complete = false;   // fh:complete
  bool tombstones = false; // lists the feed's deletions
};

// One format's words for the parts of a page, in UTF-8.
class FormatWriter {
 public:
  virtual ~FormatWriter() = default;
  virtual std::string head(const World& world, const Feed& feed, const Page& page) const = 0;
  virtual std::string item(const World& world, const Feed& feed, const Item& item, bool first) const = 0;
  virtual std::string tail(const World& world, const Feed& feed, const Page& page) const = 0;
};
const FormatWriter& format_writer(Format format);

class PageRenderer {
 public:
  PageRenderer(const World& world, const Feed& feed, Page page);
  std::string next(); // the next piece, encoded; empty at the end

 private:
  const World& world_;
  const Feed& feed_;
  Page page_;
  const FormatWriter& writer_;
  size_t position_ = 0; // 0: head, 1..n: items, n + 1: tail
};

std::string render_page(const World& world, const Feed& feed, Page page);

// With its charset parameter, right, wrong or missing as the traits say.
std::string content_type_of(const FeedTraits& traits);

} // namespace circuit::providers::rss
