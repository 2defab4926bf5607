#pragma once
// HubSpot forms as a provider: checks selections and makes feeds. Any thread.

#include <string>

#include "ingest/sync/pull.h"

namespace circuit::feeds::hubspot_forms {

namespace v1 = circuit::feeds::v1;

struct HubSpotFormsOptions {
  // HubSpot allows 100 forms a page; with large forms such answers were cut off.
  int forms_page = 50;
  int submissions_page = 50; // the most that HubSpot gives
  // Longer texts are cut, and say so.
  uint64_t max_text_bytes = 4ull << 20;
  // Below the watermark, for submissions of the same moment and clocks that differ.
  Duration overlap = std::chrono::hours(1);
  // HubSpot refuses submissions that are backdated by more than a month.
  Duration backdated_by = std::chrono::hours(24 * 31);
  Duration deep_walk_period = std::chrono::hours(24);
  Duration full_walk_period = std::chrono::hours(24 * 7);
  // "scheme://host:port" instead of the connection's; for tests and replay.
  std::string base_url;
};

class HubSpotFormsProvider final : public sync::Provider {
 public:
  // `description` is the catalog's.
  HubSpotFormsProvider(v1::Provider description, HubSpotFormsOptions options)
      : description_(std::move(description)), options_(std::move(options)) {}

  const v1::Provider& description() const override { return description_; }
  // INVALID HUBSPOT_SELECTION_MISSING, HUBSPOT_FORM_ID_MALFORMED.
  Result<void> canonicalize(v1::Feed& feed) const override;
  std::string identity(const v1::Feed& feed) const override;
  bool may_become(const v1::Feed&, const v1::Feed&) const override { return true; }
  std::string fairness_key(const v1::Feed& feed) const override { return feed.connection(); }
  std::unique_ptr<sync::Feed> make_feed(const v1::Feed& feed) const override;
  bool needs_connection() const override { return true; }
  std::unique_ptr<sync::Account> make_account(const v1::Connection& connection) const override;

 private:
  v1::Provider description_;
  HubSpotFormsOptions options_;
};

// Where a connection's requests go; without a slash at the end.
std::string base_url(const v1::Connection& connection, const HubSpotFormsOptions& options);

} // namespace circuit::feeds::hubspot_forms
