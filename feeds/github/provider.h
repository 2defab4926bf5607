#pragma once
// GitHub as a provider: checks selections and makes feeds. Any thread.

#include <string>

#include "ingest/sync/pull.h"

namespace circuit::feeds::github {

namespace v1 = circuit::feeds::v1;

struct GitHubOptions {
  int page = 100; // items of a list; the most that GitHub gives
  // Files between two checkpoints, and how many of them are fetched side by side. GitHub allows 100 requests
  // at a time for all of a user's tokens.
  size_t files_page = 100;
  size_t bodies_at_a_time = 8;
  // Files that are under way, or wait for their delivery, and what these may hold together.
  size_t bodies_ahead = 32;
  uint64_t bodies_max_bytes = 32ull << 20;
  // Larger files have no text; longer texts are cut. Both say so.
  uint64_t max_file_bytes = 16ull << 20;
  uint64_t max_text_bytes = 4ull << 20;
  // Below the watermark, for changes of the same moment that were not listed yet.
  Duration overlap = std::chrono::minutes(5);
  // How often everything is listed, for what is gone without a sign.
  Duration whole_period = std::chrono::hours(24 * 7);
  // "scheme://host:port" instead of the connection's; for tests and replay.
  std::string base_url;
};

class GitHubProvider final : public sync::Provider {
 public:
  // `description` is the catalog's.
  GitHubProvider(v1::Provider description, GitHubOptions options)
      : description_(std::move(description)), options_(std::move(options)) {}

  const v1::Provider& description() const override { return description_; }
  // INVALID GITHUB_SELECTION_MISSING, GITHUB_REPOSITORY_MALFORMED, GITHUB_OWNER_MALFORMED,
  // GITHUB_BRANCH_MALFORMED, GITHUB_KIND_UNKNOWN, GITHUB_KIND_NOT_PULLED, GLOB_MALFORMED.
  Result<void> canonicalize(v1::Feed& feed) const override;
  std::string identity(const v1::Feed& feed) const override;
  bool may_become(const v1::Feed&, const v1::Feed&) const override { return true; }
  std::string fairness_key(const v1::Feed& feed) const override { return feed.connection(); }
  std::unique_ptr<sync::Feed> make_feed(const v1::Feed& feed) const override;
  bool needs_connection() const override { return true; }
  std::unique_ptr<sync::Account> make_account(const v1::Connection& connection) const override;

 private:
  v1::Provider description_;
  GitHubOptions options_;
};

// Where a connection's requests go; without a slash at the end.
std::string base_url(const v1::Connection& connection, const GitHubOptions& options);

} // namespace circuit::feeds::github
