// Enumerations and their sweeps: the only removals that come from not seeing something, and so the dangerous
// ones.
//
// Each delivered document remembers the generation of the enumeration that saw it last. A listing that ended
// complete removes what still carries an older one: in two passes, the first of which only counts, and holds
// the sweep when it would take away more than allowed. A listing that ended any other way sweeps nothing.

#include <algorithm>

#include "ingest/runtime/crash_point.h"
#include "ingest/runtime/digest.h"
#include "ingest/sync/run.h"

namespace circuit::sync {

namespace v1 = circuit::feeds::v1;

class RunEnumeration final : public Enumeration {
 public:
  enum Kind { kListing, kNoListing };
  RunEnumeration(Run& run, std::string scope, Kind kind = kListing)
      : run_(run), scope_(std::move(scope)), given_up_(kind == kNoListing) {}
  ~RunEnumeration() override { run_.enumerating_.reset(); }

  Task<bool> complete() override {
    if (given_up_) co_return false;
    co_return co_await run_.sweep(scope_);
  }
  void incomplete(std::string reason) override {
    given_up_ = true;
    run_.incomplete(std::move(reason));
  }

 private:
  Run& run_;
  std::string scope_;
  bool given_up_ = false;
};

// One that a stop or a crash interrupted goes on under its generation. One that begins anew must not: what
// the interrupted one had seen may be gone by now, and nobody would say so again.
std::unique_ptr<Enumeration> Run::enumerate(std::string scope, Listing listing) {
  auto& record = (*working_.mutable_enumerations())[scope];
  if (listing == Listing::kAdditions) {
    enumerating_.emplace(scope, record.generation());
    return std::make_unique<RunEnumeration>(*this, std::move(scope), RunEnumeration::kNoListing);
  }
  const bool known = record.in_progress();
  if (listing == Listing::kFromStart || !known) {
    record.set_generation(record.generation() + 1);
    record.set_in_progress(true);
  }
  std::erase(completed_, scope);
  enumerating_.emplace(scope, record.generation());
  auto enumeration = std::make_unique<RunEnumeration>(*this, std::move(scope));
  // What its first part had seen is not known: taken for whole it would remove all that.
  if (listing == Listing::kGoesOn && !known)
    enumeration->incomplete("The first part of the listing is lost.");
  return enumeration;
}

Task<bool> Run::sweep(std::string scope) {
  co_await commit(nullptr); // the marks are durable, the manifest is at rest
  crash_point("sweep.marked");
  const int64_t generation = (*working_.mutable_enumerations())[scope].generation();
  const SweepPlan plan = co_await plan_sweep(scope, generation);
  const bool allowed = may_sweep(plan);

  std::string after;
  while (allowed && plan.remove > 0) {
    auto page = co_await manifest_.scan(after, seams_.options.sweep_page);
    if (!page) throw Failure(std::move(page).error());
    for (auto& entry : page->entries) {
      if (entry.record.scope() != scope || entry.record.seen_generation() >= generation) continue;
      co_await remove(entry.external_id, "NOT_LISTED");
    }
    crash_point("sweep.page.delivered");
    co_await commit(nullptr);
    crash_point("sweep.page.committed");
    check_stop();
    if (page->next.empty()) break;
    after = page->next;
  }
  // Ended together with the cursor's move past it: a crash between the two would leave a cursor in the middle
  // of a listing whose marks count no more, and what it goes on with would be taken for the whole.
  completed_.push_back(scope);
  const bool another_is_held = status_->sync.has_held_removals();
  if (allowed && !another_is_held) {
    working_.clear_held();
    working_.set_confirmed_removals(0);
  }
  crash_point("sweep.ended");
  co_return allowed;
}

Task<void> Run::retract(std::string reason) {
  std::string after;
  do {
    progress("removing what was delivered");
    auto page = co_await manifest_.scan(after, seams_.options.sweep_page);
    if (!page) throw Failure(std::move(page).error());
    for (auto& entry : page->entries) co_await remove(entry.external_id, reason);
    co_await commit(nullptr);
    check_stop();
    after = page->next;
  } while (!after.empty());
}

Task<Run::SweepPlan> Run::plan_sweep(std::string scope, int64_t generation) {
  constexpr size_t kExamples = 20;
  SweepPlan plan;
  std::string after;
  do {
    auto page = co_await manifest_.scan(after, seams_.options.sweep_page);
    if (!page) throw Failure(std::move(page).error());
    for (auto& entry : page->entries) {
      if (entry.record.scope() != scope) continue;
      ++plan.of;
      if (entry.record.seen_generation() >= generation) continue;
      ++plan.remove;
      if (plan.examples.size() < kExamples) plan.examples.push_back(std::move(entry.external_id));
    }
    after = page->next;
  } while (!after.empty());
  co_return plan;
}

bool Run::may_sweep(const SweepPlan& plan) {
  const auto allowed = static_cast<int64_t>(seams_.options.removals_always_allowed);
  const double configured = settings_.max_removal_share();
  const double share = configured > 0 ? configured : seams_.options.max_removal_share;
  if (plan.remove <= allowed || static_cast<double>(plan.remove) <= share * static_cast<double>(plan.of))
    return true;
  if (plan.remove <= committed_.confirmed_removals()) return true;
  v1::HeldRemovals held;
  held.set_token(to_hex(sha256(status_->sync.name() + std::to_string(plan.remove))).substr(0, 16));
  held.set_would_remove(plan.remove);
  held.set_of_documents(plan.of);
  *held.mutable_held_at() = to_timestamp(seams_.clock.now());
  for (const auto& id : plan.examples) held.add_examples(id);
  *working_.mutable_held() = held;
  *status_->sync.mutable_held_removals() = std::move(held);
  return false;
}

} // namespace circuit::sync
