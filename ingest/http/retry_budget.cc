#include "ingest/http/retry_budget.h"

#include <algorithm>

namespace circuit::http {

void RetryBudget::succeeded(const std::string& host) {
  Store& account = store(host);
  account.retries = std::min(account.retries + options_.per_success, options_.capacity);
}

bool RetryBudget::withdraw(const std::string& host) {
  Store& account = store(host);
  if (account.retries < 1) return false;
  account.retries -= 1;
  return true;
}

RetryBudget::Store& RetryBudget::store(const std::string& host) {
  const auto found = stores_.find(host);
  if (found != stores_.end()) {
    by_use_.splice(by_use_.begin(), by_use_, found->second.use);
    return found->second;
  }
  if (stores_.size() >= options_.max_hosts && !by_use_.empty()) {
    stores_.erase(by_use_.back());
    by_use_.pop_back();
  }
  by_use_.push_front(host);
  return stores_.emplace(host, Store{options_.capacity, by_use_.begin()}).first->second;
}

} // namespace circuit::http
