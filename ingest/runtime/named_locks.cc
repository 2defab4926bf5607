#include "ingest/runtime/named_locks.h"

namespace circuit {

Task<NamedLocks::Hold> NamedLocks::lock(std::string name) {
  auto lock = locks_[name].lock();
  if (!lock) {
    lock = std::make_shared<Credit>(1);
    locks_[name] = lock;
    // Now and then the dead entries go.
    if (locks_.size() % 1024 == 0) {
      std::erase_if(locks_, [](const auto& entry) { return entry.second.expired(); });
    }
  }
  co_await lock->acquire(1);
  co_return Hold(std::move(lock));
}

bool NamedLocks::is_held(const std::string& name) const {
  const auto found = locks_.find(name);
  return found != locks_.end() && !found->second.expired();
}

} // namespace circuit
