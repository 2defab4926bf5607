#pragma once
// What has to hold for any bytes that are taken for a feed. One thread.

#include <string_view>

#include "feeds/rss/parse.h"

namespace circuit::fuzz {

// The whole way: bytes, raw model, its JSON, items, documents, hints for the next read, autodiscovery.
void check_feed(std::string_view bytes, const feeds::rss::ParseOptions& options);

} // namespace circuit::fuzz
