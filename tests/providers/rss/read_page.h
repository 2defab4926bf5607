#pragma once
// A strict reader of what the simulator writes, for its tests: a page is well-formed or it is none. Shares
// nothing with the writer. Pure; any thread.

#include <optional>
#include <string>
#include <vector>

#include "tests/providers/rss/traits.h"

namespace circuit::providers::rss {

struct ReadItem {
  std::string id, title, link, html, date;
};

struct ReadPage {
  std::string title;
  std::vector<ReadItem> items;
  std::vector<std::string> deleted; // refs of tombstones
  std::string next, prev_archive, self;
  bool complete = false, archive = false;
};

// nullopt where the bytes, read in `charset`, are not well-formed or not of that format.
std::optional<ReadPage> read_page(const std::string& bytes, Format format, Charset charset);

} // namespace circuit::providers::rss
