#pragma once
// How resources look: one in fields, many in a table, or JSON.

#include <string>
#include <vector>

#include "circuit/feeds/v1/feed.pb.h"

namespace circuit::cli {

void show_feed(const circuit::feeds::v1::Feed& feed, bool json);
void show_sync(const circuit::feeds::v1::Sync& sync, bool json);

using TableRow = std::vector<std::string>;
TableRow feed_heading();
TableRow feed_row(const circuit::feeds::v1::Feed& feed);
TableRow sync_heading();
TableRow sync_row(const circuit::feeds::v1::Sync& sync);
TableRow dead_letter_heading();
TableRow dead_letter_row(const circuit::feeds::v1::DeadLetter& letter);

} // namespace circuit::cli
