#pragma once
// Web feeds as a provider: checks selections and makes feeds. Any thread.

#include <string>

#include "ingest/sync/pull.h"

namespace circuit::feeds::rss {

struct RssOptions {
  // Of one response, after decompression.
  uint64_t max_body_bytes = 32ull << 20;
  // Longer texts are cut, and say so.
  uint64_t max_text_bytes = 4ull << 20;
  Duration request_timeout = std::chrono::seconds(60);
  // RFC 5005 pages that one feed may have read in all.
  int32_t max_history_pages = 1000;
  int max_redirects = 10;
  // Lets addresses that users choose resolve to private ones.
  bool allow_private_addresses = false;
  // "scheme://host:port" to send every request to instead of its own, with path and query kept; for tests and
  // replay.
  std::string base_url;
};

class RssProvider final : public sync::Provider {
 public:
  // `description` is the catalog's.
  RssProvider(v1::Provider description, RssOptions options);

  const v1::Provider& description() const override { return description_; }
  Result<void> canonicalize(v1::Feed& feed) const override;
  std::string identity(const v1::Feed& feed) const override;
  std::string fairness_key(const v1::Feed& feed) const override;
  std::unique_ptr<sync::Feed> make_feed(const v1::Feed& feed) const override;

 private:
  v1::Provider description_;
  RssOptions options_;
};

} // namespace circuit::feeds::rss
