#pragma once
// Credentials that are open in memory, ready to be attached to requests: so many, for so long, and wiped when
// they go. Private to this box; on one loop.

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "circuit/feeds/v1/connection.pb.h"
#include "ingest/credentials/connections.h"

namespace circuit::credentials {

struct OpenCredential {
  std::optional<Error> refusal; // of a connection that cannot be used; all else is empty then
  const Profile* profile = nullptr;
  const Method* method = nullptr;
  size_t lane = 0;
  int64_t version = 0;
  bool refreshable = false;
  std::optional<SystemTime> expires_at;
  http::HostList hosts;
  // "https://api.example.com" of the last URL that was found to be one of them: what begins so needs no
  // parsing.
  mutable std::string permitted_origin;
  mutable http::AddressPolicy address_policy = http::AddressPolicy::kPublicOnly; // towards it
  std::vector<std::pair<std::string, std::string>> headers;                      // those that are no secret
  Secret authorization; // the header's value; empty: a signer's
  const Signer* signer = nullptr;
  circuit::feeds::v1::Connection shown; // for the signer
  Credential credential;                // for the signer
};

class OpenCredentials {
 public:
  OpenCredentials(size_t capacity, Duration lifetime) : capacity_(capacity), lifetime_(lifetime) {}

  // Null: it has to be read.
  std::shared_ptr<const OpenCredential> find(const std::string& connection, SteadyTime now);
  void keep(const std::string& connection, std::shared_ptr<const OpenCredential> open, SteadyTime now);
  void forget(const std::string& connection);
  // Grows with each forget(): what was read before it may be stale.
  uint64_t changes() const { return changes_; }
  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::shared_ptr<const OpenCredential> open;
    SteadyTime until;
    std::list<std::string>::iterator use;
  };
  using Entries = std::unordered_map<std::string, Entry>;
  void drop(Entries::iterator entry);

  size_t capacity_;
  Duration lifetime_;
  Entries entries_;
  std::list<std::string> by_use_; // latest first
  uint64_t changes_ = 0;
};

} // namespace circuit::credentials
