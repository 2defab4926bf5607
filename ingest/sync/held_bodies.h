#pragma once
// Requests whose answers are kept for later: the credit of their bodies (http/body_credit.h) is held until
// somebody has made use of them. On the loop of the Api, which outlives it.

#include <memory>
#include <vector>

#include "ingest/http/body_credit.h"
#include "ingest/sync/pull.h"

namespace circuit::sync {

class HeldBodies final : public Api {
 public:
  explicit HeldBodies(Api& api) : api_(api) {}
  ~HeldBodies() override { release(); }
  HeldBodies(const HeldBodies&) = delete;
  HeldBodies& operator=(const HeldBodies&) = delete;

  Task<Result<http::Response>> fetch(http::Request request) override {
    auto response = co_await api_.fetch(std::move(request));
    if (response && response->claim) claims_.push_back(std::exchange(response->claim, nullptr));
    co_return response;
  }

  // What was made of the bodies is delivered, or dropped.
  void release() {
    for (const auto& claim : claims_) claim->release();
    claims_.clear();
  }

 private:
  Api& api_;
  std::vector<std::shared_ptr<http::BodyClaim>> claims_;
};

} // namespace circuit::sync
