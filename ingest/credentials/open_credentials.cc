#include "ingest/credentials/open_credentials.h"

namespace circuit::credentials {

std::shared_ptr<const OpenCredential> OpenCredentials::find(const std::string& connection, SteadyTime now) {
  const auto found = entries_.find(connection);
  if (found == entries_.end()) return nullptr;
  if (found->second.until <= now) {
    drop(found);
    return nullptr;
  }
  by_use_.splice(by_use_.begin(), by_use_, found->second.use);
  return found->second.open;
}

void OpenCredentials::keep(const std::string& connection, std::shared_ptr<const OpenCredential> open,
                           SteadyTime now) {
  if (const auto known = entries_.find(connection); known != entries_.end()) drop(known);
  while (!by_use_.empty() && entries_.size() >= capacity_) drop(entries_.find(by_use_.back()));
  by_use_.push_front(connection);
  entries_.emplace(connection, Entry{std::move(open), now + lifetime_, by_use_.begin()});
}

void OpenCredentials::forget(const std::string& connection) {
  ++changes_;
  if (const auto known = entries_.find(connection); known != entries_.end()) drop(known);
}

void OpenCredentials::drop(Entries::iterator entry) {
  by_use_.erase(entry->second.use);
  entries_.erase(entry);
}

} // namespace circuit::credentials
