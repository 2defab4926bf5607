#pragma once
// The files of the provider catalog, which the build reads and checks (pack_catalog.cc). Pure; any thread.

#include <string>
#include <string_view>

#include "config/catalog_entry.h"
#include "ingest/runtime/result.h"

namespace circuit::config {

// INVALID CATALOG_INVALID with file, line and column: unknown, missing, repeated or wrong keys, templates
// that name what no connection has, addresses that lead to hosts that are not listed.
Result<CatalogEntry> parse_catalog_entry(std::string_view yaml, const std::string& origin);

} // namespace circuit::config
