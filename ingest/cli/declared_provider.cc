#include "ingest/cli/declared_provider.h"

#include "ingest/sync/failure.h"

namespace circuit::cli {
namespace {

namespace v1 = circuit::feeds::v1;

class DeclaredFeed final : public sync::Feed {
 public:
  explicit DeclaredFeed(v1::Provider description) : description_(std::move(description)) {}
  Task<void> pull(sync::Pull&) override {
    throw sync::Failure(provider_not_pulled(description_));
    co_return;
  }

 private:
  v1::Provider description_;
};

} // namespace

Error provider_not_pulled(const v1::Provider& description) {
  return make_error(ErrorClass::kInvalid, "PROVIDER_NOT_PULLED",
                    description.display_name() + " is declared, and this version does not pull from it yet",
                    "`circuit-feeds providers` says which are pulled.")
      .with("provider", description.name());
}

Result<void> DeclaredProvider::canonicalize(v1::Feed&) const { return provider_not_pulled(description_); }

std::string DeclaredProvider::identity(const v1::Feed& feed) const { return feed.name(); }

std::string DeclaredProvider::fairness_key(const v1::Feed&) const { return description_.name(); }

std::unique_ptr<sync::Feed> DeclaredProvider::make_feed(const v1::Feed&) const {
  return std::make_unique<DeclaredFeed>(description_);
}

} // namespace circuit::cli
