#include "sinks/receiver_applier.h"

#include <utility>
#include <vector>

#include "ingest/state/error_message.h"

namespace circuit::sinks {
namespace {

namespace v1 = circuit::feeds::v1;

void reject(v1::Ack& ack, int index, const std::string& reason, const std::string& message) {
  auto& rejection = *ack.add_rejections();
  rejection.set_index(index);
  rejection.set_reason(reason);
  rejection.set_message(message);
}

} // namespace

void ReceiverApplier::apply(v1::Batch batch, Done done) {
  const std::lock_guard lock(mutex_);
  const bool was_idle = waiting_.empty();
  waiting_.push_back({std::move(batch), std::move(done)});
  if (was_idle) thread_.post([this] { apply_waiting(); });
}

void ReceiverApplier::apply_waiting() {
  std::deque<Job> jobs;
  {
    const std::lock_guard lock(mutex_);
    jobs.swap(waiting_);
  }
  std::vector<v1::Ack> acks;
  acks.reserve(jobs.size());
  for (const Job& job : jobs) acks.push_back(apply_one(job));
  const auto synced = log_->sync();
  count([](ReceiverStats& stats) { ++stats.syncs; });
  for (size_t i = 0; i < jobs.size(); ++i) {
    if (!synced) *acks[i].mutable_error() = state::to_message(synced.error());
    jobs[i].done(std::move(acks[i]));
  }
}

v1::Ack ReceiverApplier::apply_one(const Job& job) {
  v1::Ack ack;
  ack.set_batch_id(job.batch.batch_id());
  if (refuse(job, ack)) return ack;
  ReceiverStats seen;
  for (int i = 0; i < job.batch.changes_size(); ++i) {
    const auto& change = job.batch.changes(i);
    if (faults_.reject_every > 0 && change.sequence() % faults_.reject_every == 0) {
      reject(ack, i, "REJECTED_ON_REQUEST", "the receiver was told to reject this one");
      continue;
    }
    const auto verdict = log_->take(change);
    if (!verdict) {
      reject(ack, i, verdict.error().reason, verdict.error().message);
    } else {
      ++(*verdict == RecentChanges::Verdict::kNew         ? seen.written
         : *verdict == RecentChanges::Verdict::kDuplicate ? seen.duplicates
                                                          : seen.stale);
    }
  }
  count([&](ReceiverStats& stats) {
    stats.written += seen.written;
    stats.duplicates += seen.duplicates;
    stats.stale += seen.stale;
    stats.rejected += ack.rejections_size();
  });
  return ack;
}

// A receiver that cannot take a batch now must not take a later one of the same feed before it.
bool ReceiverApplier::refuse(const Job& job, v1::Ack& ack) {
  if (faults_.refuse_every <= 0) return false;
  const auto refused = refused_.find(job.batch.feed());
  if (refused != refused_.end() && job.batch.batch_id() <= refused->second) {
    refused_.erase(refused);
    return false;
  }
  if (refused == refused_.end()) {
    if (++batches_seen_ % faults_.refuse_every != 0) return false;
    refused_[job.batch.feed()] = job.batch.batch_id();
  }
  *ack.mutable_error() = state::to_message(make_error(ErrorClass::kTransient, "REFUSED_ON_REQUEST",
                                                      "the receiver was told to refuse this one", "Wait"));
  return true;
}

void ReceiverApplier::count(const std::function<void(ReceiverStats&)>& change) {
  const std::lock_guard lock(mutex_);
  change(stats_);
}

ReceiverStats ReceiverApplier::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

} // namespace circuit::sinks
