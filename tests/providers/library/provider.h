#pragma once
// The library as a provider. A selection is an address: "http://HOST/listing?size=N" or
// "http://HOST/changes?size=N". Any thread.

#include <string>

#include "ingest/sync/pull.h"

namespace circuit::providers::library {

class LibraryProvider final : public sync::Provider {
 public:
  LibraryProvider();

  const circuit::feeds::v1::Provider& description() const override { return description_; }
  Result<void> canonicalize(circuit::feeds::v1::Feed& feed) const override;
  std::string identity(const circuit::feeds::v1::Feed& feed) const override;
  std::string fairness_key(const circuit::feeds::v1::Feed& feed) const override;
  std::unique_ptr<sync::Feed> make_feed(const circuit::feeds::v1::Feed& feed) const override;

 private:
  circuit::feeds::v1::Provider description_;
};

} // namespace circuit::providers::library
