// Enumerations and their sweeps: the only removals that come from not seeing something, and so the dangerous
// ones.
//
// Each delivered document has the generation of the listing that saw it last as its mark. A listing that
// ended complete removes what still has an older one in its scope: in two passes over the scope's marks, the
// first of which only counts, and holds the sweep when it would take away more than allowed. A listing that
// ended any other way sweeps nothing.

#include <algorithm>

#include "ingest/runtime/crash_point.h"
#include "ingest/runtime/digest.h"
#include "ingest/state/records.h"
#include "ingest/sync/run.h"

namespace circuit::sync {

namespace v1 = circuit::feeds::v1;

class RunEnumeration final : public Enumeration {
 public:
  enum Kind { kListing, kNoListing };
  RunEnumeration(Run& run, std::string scope, int64_t generation, Kind kind)
      : run_(run), scope_(std::move(scope)), generation_(generation), given_up_(kind == kNoListing) {
    run_.enumerating_ = Run::Enumerating{scope_, generation_};
  }
  ~RunEnumeration() override { run_.enumerating_.reset(); }

  Task<bool> complete() override {
    if (given_up_) co_return false;
    co_return co_await run_.sweep(scope_, generation_);
  }
  void incomplete(std::string reason) override {
    given_up_ = true;
    run_.incomplete(std::move(reason));
  }

 private:
  Run& run_;
  std::string scope_;
  int64_t generation_;
  bool given_up_ = false;
};

Task<Run::EnumerationRecord*> Run::load_enumeration(std::string scope) {
  auto known = enumerations_.find(scope);
  if (known == enumerations_.end()) {
    auto key = state::enumeration_key(settings_.name(), committed_.epoch(), scope);
    auto stored = co_await state::load_record<EnumerationRecord>(seams_.store, std::move(key));
    if (!stored) throw Failure(std::move(stored).error());
    known = enumerations_.emplace(std::move(scope), ScopeRecord()).first;
    if (*stored) known->second.record = std::move(**stored);
  }
  co_return &known->second.record;
}

void Run::write_enumerations(state::Batch& batch, bool with_ended) {
  for (auto& [scope, of_scope] : enumerations_) {
    if (with_ended && of_scope.ended) {
      of_scope.record.set_in_progress(false);
      of_scope.ended = false;
      of_scope.changed = true;
    }
    if (!of_scope.changed) continue;
    of_scope.changed = false; // unless the commit fails, and the sync with it
    state::put_record(batch, state::enumeration_key(settings_.name(), committed_.epoch(), scope),
                      of_scope.record);
  }
}

// One that a stop or a crash interrupted goes on under its generation. One that begins anew must not: what
// the interrupted one had seen may be gone by now, and nobody would say so again.
Task<std::unique_ptr<Enumeration>> Run::enumerate(std::string scope, Listing listing) {
  EnumerationRecord& record = *co_await load_enumeration(scope);
  if (listing == Listing::kAdditions) {
    co_return std::make_unique<RunEnumeration>(*this, std::move(scope), record.generation(),
                                               RunEnumeration::kNoListing);
  }
  ScopeRecord& of_scope = enumerations_.at(scope);
  const bool known = record.in_progress();
  if (listing == Listing::kFromStart || !known) {
    record.set_generation(record.generation() + 1);
    record.set_in_progress(true);
    of_scope.changed = true;
  }
  of_scope.ended = false;
  auto enumeration = std::make_unique<RunEnumeration>(*this, std::move(scope), record.generation(),
                                                      RunEnumeration::kListing);
  // What its first part had seen is not known: taken for whole it would remove all that.
  if (listing == Listing::kGoesOn && !known)
    enumeration->incomplete("The first part of the listing is lost.");
  co_return enumeration;
}

Task<bool> Run::sweep(std::string scope, int64_t generation) {
  co_await commit(nullptr); // the marks are durable, the manifest is at rest
  crash_point("sweep.marked");
  const SweepPlan plan = co_await plan_sweep(scope, generation);
  const bool allowed = may_sweep(plan);

  std::string after;
  while (allowed && plan.remove > 0) {
    auto page = co_await manifest_.scan_marks(scope, after, seams_.options.sweep_page);
    if (!page) throw Failure(std::move(page).error());
    for (auto& mark : page->marks) {
      if (mark.generation < generation) co_await remove(mark.external_id, "NOT_LISTED");
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
  enumerations_.at(scope).ended = true;
  const bool another_is_held = status_->sync.has_held_removals();
  if (allowed && !another_is_held) {
    held_.reset();
    held_is_settled_ = committed_.has_held() || committed_.confirmed_removals() != 0;
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
    for (const std::string& id : page->external_ids) co_await remove(id, reason);
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
    auto page = co_await manifest_.scan_marks(scope, after, seams_.options.sweep_page);
    if (!page) throw Failure(std::move(page).error());
    plan.of += static_cast<int64_t>(page->marks.size());
    for (auto& mark : page->marks) {
      if (mark.generation >= generation) continue;
      ++plan.remove;
      if (plan.examples.size() < kExamples) plan.examples.push_back(std::move(mark.external_id));
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
  held_ = held;
  *status_->sync.mutable_held_removals() = std::move(held);
  return false;
}

} // namespace circuit::sync
