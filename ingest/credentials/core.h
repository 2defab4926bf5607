#pragma once
// What the parts of Connections share. Private to this box; on its loop.

#include <map>
#include <memory>
#include <string>
#include <unordered_set>

#include "ingest/credentials/connection_records.h"
#include "ingest/credentials/connections.h"
#include "ingest/credentials/endpoint.h"
#include "ingest/credentials/flights.h"
#include "ingest/credentials/open_credentials.h"
#include "ingest/credentials/party.h"
#include "ingest/runtime/due_times.h"
#include "ingest/runtime/named_locks.h"
#include "ingest/state/layout.h"

namespace circuit::credentials {

struct Core {
  Core(ConnectionsSeams seams_in, ConnectionsOptions options_in);

  ConnectionsSeams seams;
  ConnectionsOptions options;
  Endpoints endpoints;
  OpenCredentials open;
  // Held while a connection's records are read and written, and never during an exchange: who deletes or
  // authorizes anew does not wait for a provider. Whoever comes back from an exchange reads the state again.
  NamedLocks locks;
  Flights flights;
  DueTimes refreshes; // by due_name()
  DueTimes revocations;
  TaskGroup tasks; // unasked work besides refreshes
  Connections::Gauges counts;
  std::unordered_set<std::string> needing_a_person;
  bool stopping = false;

  SystemTime now() { return seams.loop.clock().now(); }
  Clock& clock() { return seams.loop.clock(); }
  void warn(const Error& error) {
    if (seams.warning) seams.warning(error);
  }
};

// Plans the exchange that the state asks for, or takes it off.
void plan_refresh(Core& core, const StoredConnection& connection);
// After a commit that changed a connection's state: nobody uses what was read before it, and the next
// exchange takes place when the state says.
void state_changed(Core& core, const StoredConnection& connection);

// Whether its token can be exchanged without a person. `credential`: null where it was not opened.
bool can_refresh(const Method& method, const Credential* credential);

// One exchange of a connection's token, whatever becomes of it; run by Flights.
Task<void> refresh(Core& core, std::string connection, size_t lane);

// A hundred thousand connections are no more in memory than a time and this: the lane, and the name.
std::string due_name(size_t lane, const std::string& connection);
void fly_due(Core& core, const std::string& due_name);

// Commits, again and again until it worked, what happened at a provider and cannot be undone. `attempt` is
// called for each try and returns its outcome. Gives up only when the worker stops.
template <class Attempt>
Task<void> until_durable(Core& core, Attempt attempt) {
  constexpr Duration kMost = std::chrono::seconds(30);
  Duration wait = std::chrono::milliseconds(100);
  for (bool first = true;; first = false) {
    auto trying = attempt();
    Result<void> done = co_await std::move(trying);
    if (done || core.stopping) co_return;
    if (first) core.warn(done.error());
    co_await core.clock().sleep_for(wait);
    wait = std::min(kMost, wait * 2);
  }
}

// Requests.
Task<Result<v1::Connection>> create_connection(Core& core, v1::CreateConnectionRequest request);
Task<Result<v1::StartAuthorizationResponse>> start_authorization(Core& core,
                                                                 v1::StartAuthorizationRequest request);
Task<Result<v1::Connection>> finish_authorization(Core& core, v1::FinishAuthorizationRequest request);
Task<void> expire_authorizations(Core& core);
Task<Result<v1::Connection>> begin_deletion(Core& core, v1::DeleteConnectionRequest request);
Task<Result<v1::DeleteConnectionResponse>> finish_deletion(Core& core, std::string name);
Task<Result<std::vector<v1::DeleteConnectionRequest>>> interrupted_deletions(Core& core);
Task<Result<void>> record_check(Core& core, v1::ConnectionReport report);

// Revocations that outlived their connection.
Task<Result<void>> plan_revocations(Core& core);
Task<void> try_revocation(Core& core, std::string id);
struct RevocationOutcome {
  enum class Kind { kRevoked, kUnsupported, kFailed } kind = Kind::kRevoked;
  std::optional<Error> error; // kFailed
};
Task<RevocationOutcome> revoke(Core& core, const OAuthParty* party, const Credential* credential,
                               std::string connection);

// Authorizer.
Task<Result<int64_t>> authorize(Core& core, http::Request* request);
std::optional<Result<int64_t>> authorize_now(Core& core, http::Request& request);
Task<Result<bool>> refused(Core& core, std::string connection, int64_t version);

} // namespace circuit::credentials
