#pragma once
// A worker in virtual time that reads one subject through the real HTTP layers, over a simulated wire.

#include <memory>

#include "tests/acceptance/subject.h"
#include "tests/ingest/sync/worker_world.h"
#include "tests/providers/fault_plan.h"
#include "tests/providers/faulty_provider.h"
#include "tests/providers/simulated_transport.h"

namespace circuit::acceptance {

class AcceptanceWorld final : public sync::testing::WorkerWorld {
 public:
  explicit AcceptanceWorld(std::unique_ptr<Subject> subject, sync::EngineOptions options = default_options());
  ~AcceptanceWorld() override;

  Subject& subject() { return *subject_; }
  providers::FaultPlan& faults() { return faults_; }
  SystemTime now() { return loop().clock().now(); }

  v1::Sync sync(v1::SyncMode mode = v1::INCREMENTAL) { return WorkerWorld::sync(subject_->feed(), mode); }
  // Of the feed under test.
  v1::Feed feed();
  uint64_t requests() const { return requests_; }
  size_t in_flight() const { return wire_ == nullptr ? 0 : wire_->in_flight(); }

  // What differs between the receiver and the truth; empty: nothing.
  std::string difference();

 protected:
  std::vector<const sync::Provider*> providers() override { return {&subject_->provider()}; }
  std::unique_ptr<http::HttpTransport> make_http(Random& random) override;

 private:
  class TokenBearer;
  std::unique_ptr<Subject> subject_;
  std::unique_ptr<TokenBearer> bearer_;
  providers::FaultPlan faults_;
  providers::FaultyProvider faulty_;
  providers::SimulatedTransport* wire_ = nullptr; // owned by the layers over it
  uint64_t requests_ = 0;
};

} // namespace circuit::acceptance
