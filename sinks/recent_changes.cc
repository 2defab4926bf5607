#include "sinks/recent_changes.h"

#include <algorithm>
#include <utility>

namespace circuit::sinks {
namespace {

using circuit::feeds::v1::Change;

std::string document_of(const Change& change) { return change.feed() + '\0' + change.external_id(); }

// Empty: it cannot be told apart from another change of the document.
std::string state_of(const Change& change) {
  if (change.kind() == Change::REMOVE) return "removed";
  const auto& document = change.document();
  if (document.version().empty() && document.content_hash().empty()) return {};
  return document.version() + '\0' + document.content_hash();
}

} // namespace

RecentChanges::Verdict RecentChanges::judge(const Change& change) const {
  if (const auto epoch = epochs_.find(change.feed());
      epoch != epochs_.end() && change.epoch() < epoch->second) {
    return Verdict::kStale;
  }
  const auto known = by_document_.find(document_of(change));
  if (known == by_document_.end() || known->second->epoch != change.epoch()) return Verdict::kNew;
  const std::string state = state_of(change);
  if (!state.empty() && state == known->second->state) return Verdict::kDuplicate;
  return change.sequence() < known->second->sequence ? Verdict::kStale : Verdict::kNew;
}

void RecentChanges::remember(const Change& change) {
  auto& epoch = epochs_[change.feed()];
  epoch = std::max(epoch, change.epoch());
  std::string document = document_of(change);
  if (const auto known = by_document_.find(document); known != by_document_.end()) {
    order_.erase(known->second);
    by_document_.erase(known);
  }
  order_.push_back({document, change.epoch(), change.sequence(), state_of(change)});
  by_document_.emplace(std::move(document), std::prev(order_.end()));
  if (by_document_.size() <= documents_max_) return;
  by_document_.erase(order_.front().document);
  order_.pop_front();
}

void RecentChanges::clear() {
  by_document_.clear();
  order_.clear();
  epochs_.clear();
}

} // namespace circuit::sinks
