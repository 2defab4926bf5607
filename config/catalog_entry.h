#pragma once
// What the provider catalog says of one provider. Plain values; any thread.

#include <cstdint>

#include "circuit/feeds/v1/feed.pb.h"
#include "ingest/credentials/profile.h"
#include "ingest/runtime/clock.h"

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

} // namespace circuit::config
