// The end of a connection: marked, revoked, destroyed, forgotten. Each step is durable before the next, and
// each may be done again.

#include "ingest/credentials/core.h"
#include "ingest/credentials/settings.h"
#include "ingest/state/error_message.h"

namespace circuit::credentials {

Task<Result<v1::Connection>> begin_deletion(Core& core, v1::DeleteConnectionRequest request) {
  const std::string& name = request.name(); // the frame keeps the request
  const auto hold = co_await core.locks.lock(name);
  auto found = co_await load_connection(core.seams.store, name);
  if (!found) co_return std::move(found).error();
  StoredConnection stored = *std::move(found);
  auto checked = check_etag(stored.settings(), request.etag());
  if (!checked) co_return std::move(checked).error();
  stored.state.set_state(v1::Connection::DISCONNECTING);
  stored.state.clear_next_refresh_at();
  *stored.state.mutable_deletion() = request;
  state::Batch batch;
  put_state(batch, stored);
  auto commit = core.seams.store.commit(std::move(batch));
  auto written = co_await std::move(commit);
  if (!written) co_return std::move(written).error();
  state_changed(core, stored);
  co_return show_connection(stored, core.flights.flying(name));
}

namespace {

void say_where_to_revoke(v1::DeleteConnectionResponse& response, const Profile* profile) {
  if (!profile) return;
  for (const ReviewPlace& place : profile->review_places) {
    if (place.who != "user" && !response.where_to_revoke().empty()) continue;
    std::string where = place.where;
    if (!place.url.empty()) where += (where.empty() ? "" : ": ") + place.url;
    response.set_where_to_revoke(where);
    if (place.who == "user") return;
  }
}

// What has to be revoked later, as a record of its own: the connection is gone by then.
Result<void> put_revocation(Core& core, const StoredConnection& stored, const Credential& credential,
                            SystemTime retry_until, state::Batch& batch, std::string& id) {
  id = core.seams.random.id();
  st::RevocationRecord record;
  record.set_provider(stored.settings().provider());
  record.set_method(stored.settings().method());
  *record.mutable_parameters() = stored.settings().parameters();
  *record.mutable_properties() = stored.state.properties();
  *record.mutable_retry_until() = state::to_timestamp(retry_until);
  *record.mutable_next_attempt_at() = state::to_timestamp(core.now() + std::chrono::minutes(1));
  auto sealed = core.seams.vault.seal_apart(credential, id, record);
  if (!sealed) return sealed;
  state::put_record(batch, state::revocation_key(id), std::move(record));
  return {};
}

// First commit: what could be read is destroyed, and what is still to be revoked is kept apart.
Task<Result<v1::DeleteConnectionResponse>> destroy_credential(Core& core, StoredConnection stored) {
  v1::DeleteConnectionResponse response;
  const std::string& name = stored.name();
  const int64_t version = stored.state.credential_version();
  if (version == 0) co_return response; // never had one, or destroyed before a crash
  const auto method = find_method(core.seams, stored.settings().provider(), stored.settings().method());
  say_where_to_revoke(response, method ? method->profile : nullptr);
  auto credential = co_await core.seams.vault.open(name, version);
  if (!credential && is_retryable(credential.error())) co_return std::move(credential).error();

  RevocationOutcome outcome{RevocationOutcome::Kind::kFailed, std::nullopt};
  if (credential) {
    auto party = ConnectionParty::of(core.seams, stored, credential->find("client_secret"));
    if (party) {
      auto revoking = revoke(core, &**party, &*credential, name);
      outcome = co_await std::move(revoking);
    } else {
      outcome.error = std::move(party).error();
    }
  } else {
    outcome.error = credential.error(); // nobody can revoke what does not open
  }

  state::Batch batch;
  std::string id;
  const SystemTime retry_until = core.now() + core.options.revocation_retried_for;
  switch (outcome.kind) {
    case RevocationOutcome::Kind::kRevoked:
      response.set_revocation(v1::DeleteConnectionResponse::REVOKED);
      response.clear_where_to_revoke();
      break;
    case RevocationOutcome::Kind::kUnsupported:
      response.set_revocation(v1::DeleteConnectionResponse::REVOKE_UNSUPPORTED);
      break;
    case RevocationOutcome::Kind::kFailed:
      response.set_revocation(v1::DeleteConnectionResponse::REVOKE_FAILED);
      if (outcome.error) *response.mutable_revocation_error() = state::to_message(*outcome.error);
      if (!credential) break;
      if (auto kept = put_revocation(core, stored, *credential, retry_until, batch, id); !kept)
        co_return std::move(kept).error();
      *response.mutable_retry_until() = state::to_timestamp(retry_until);
  }
  core.seams.vault.destroy(name, batch);
  stored.state.set_credential_version(0);
  stored.state.clear_intent();
  put_state(batch, stored);
  auto commit = core.seams.store.commit(std::move(batch));
  auto written = co_await std::move(commit);
  if (!written) co_return std::move(written).error();
  if (!id.empty()) core.revocations.plan(id, core.now() + std::chrono::minutes(1));
  co_return response;
}

Task<Result<void>> forget_authorizations(Core& core, std::string name, state::Batch* batch) {
  constexpr size_t kPage = 500;
  std::string after;
  do {
    auto page = co_await state::scan_records<st::AuthorizationRecord>(core.seams.store, "", after, kPage);
    if (!page) co_return std::move(page).error();
    for (const auto& row : *page) {
      if (row.record.connection() == name) batch->erase(state::Table::kAuthorizations, row.key);
    }
    after = page->size() == kPage ? page->back().key : "";
  } while (!after.empty());
  co_return Result<void>();
}

} // namespace

Task<Result<v1::DeleteConnectionResponse>> finish_deletion(Core& core, std::string name) {
  // An exchange that is under way ends first: what it brings is what has to be revoked.
  const Duration patience = core.options.exchange_deadline + std::chrono::seconds(5);
  auto waiting = core.flights.wait(name, core.clock(), patience);
  co_await std::move(waiting);
  const auto hold = co_await core.locks.lock(name);
  auto found = co_await load_connection(core.seams.store, name);
  if (!found) co_return std::move(found).error();
  StoredConnection stored = *std::move(found);
  if (stored.state.state() != v1::Connection::DISCONNECTING) {
    auto busy = make_error(ErrorClass::kConflict, "CONNECTION_BUSY", name + " is not being deleted",
                           "Begin the deletion first.");
    co_return std::move(busy).with("connection", name);
  }
  auto destroyed = co_await destroy_credential(core, stored);
  if (!destroyed) co_return destroyed;
  // Before the records go: a crash here leaves DISCONNECTING, and a restart does this again.
  auto erasing = core.seams.vault.erase();
  auto erased = co_await std::move(erasing);
  if (!erased) co_return std::move(erased).error();
  state::Batch batch;
  auto forgotten = co_await forget_authorizations(core, name, &batch);
  if (!forgotten) co_return std::move(forgotten).error();
  // A value that was sealed for an authorization has made a data key of its own.
  core.seams.vault.destroy(name, batch);
  state::erase_record<st::ConnectionRecord>(batch, state::connection_key(name));
  state::erase_record<st::ConnectionStateRecord>(batch, state::connection_key(name));
  auto commit = core.seams.store.commit(std::move(batch));
  auto written = co_await std::move(commit);
  if (!written) co_return std::move(written).error();
  core.open.forget(name);
  if (core.counts.connections > 0) --core.counts.connections;
  co_return destroyed;
}

Task<Result<std::vector<v1::DeleteConnectionRequest>>> interrupted_deletions(Core& core) {
  constexpr size_t kPage = 1000;
  std::vector<v1::DeleteConnectionRequest> requests;
  std::string after;
  do {
    auto page = co_await state::scan_records<st::ConnectionStateRecord>(core.seams.store, "", after, kPage);
    if (!page) co_return std::move(page).error();
    for (auto& row : *page) {
      if (row.record.state() == v1::Connection::DISCONNECTING)
        requests.push_back(std::move(*row.record.mutable_deletion()));
    }
    after = page->size() == kPage ? page->back().key : "";
  } while (!after.empty());
  co_return requests;
}

} // namespace circuit::credentials
