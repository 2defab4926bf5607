#pragma once
// The provider catalog: one YAML file per provider in config/providers, built into the program. Everything
// that the program says about a provider is made from it. Pure; any thread.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "circuit/feeds/v1/feed.pb.h"
#include "ingest/credentials/profile.h"
#include "ingest/runtime/clock.h"
#include "ingest/runtime/result.h"

namespace circuit::config {

// Towards one host.
struct RateLimits {
  double requests_per_second = 0;
  uint64_t burst = 1;
  uint64_t concurrent_requests = 1;
};

struct CatalogEntry {
  // `available` is for load_catalog() to say: a file knows no programs.
  circuit::feeds::v1::Provider description;
  credentials::Profile profile;
  RateLimits limits;
  Duration poll_interval{}; // that does a source justice, unless it asks for another; a suggestion
};

// INVALID CATALOG_INVALID with file, line and column: unknown, missing, repeated or wrong keys, templates
// that name what no connection has, addresses that lead to hosts that are not listed.
Result<CatalogEntry> parse_catalog_entry(std::string_view yaml, const std::string& origin);

// What is built in, in the order of the names; available are the providers that are named as implemented. An
// error is a defect of the build, which it finds itself.
Result<std::vector<CatalogEntry>> load_catalog(std::span<const std::string_view> implemented = {});

// Null: there is none.
const CatalogEntry* find_entry(const std::vector<CatalogEntry>& catalog, std::string_view provider);

} // namespace circuit::config
