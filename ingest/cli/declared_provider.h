#pragma once
// A provider of the catalog that this version does not pull from yet: it is listed and described, and feeds
// of it are refused with the reason. Any thread.

#include <string>

#include "ingest/sync/pull.h"

namespace circuit::cli {

// INVALID PROVIDER_NOT_PULLED.
Error provider_not_pulled(const circuit::feeds::v1::Provider& description);

class DeclaredProvider final : public sync::Provider {
 public:
  // `description` is the catalog's.
  explicit DeclaredProvider(circuit::feeds::v1::Provider description)
      : description_(std::move(description)) {}

  const circuit::feeds::v1::Provider& description() const override { return description_; }
  Result<void> canonicalize(circuit::feeds::v1::Feed& feed) const override;
  std::string identity(const circuit::feeds::v1::Feed& feed) const override;
  std::string fairness_key(const circuit::feeds::v1::Feed& feed) const override;
  // For a feed that another version of the program has left: its syncs fail with that error.
  std::unique_ptr<sync::Feed> make_feed(const circuit::feeds::v1::Feed& feed) const override;

 private:
  circuit::feeds::v1::Provider description_;
};

} // namespace circuit::cli
