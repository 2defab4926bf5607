#include "ingest/credentials/connections.h"

#include "ingest/credentials/core.h"
#include "ingest/credentials/settings.h"
#include "ingest/state/error_message.h"
#include "ingest/state/pages.h"

namespace circuit::credentials {

Core::Core(ConnectionsSeams seams_in, ConnectionsOptions options_in)
    : seams(std::move(seams_in)),
      options(options_in),
      endpoints(seams.http, seams.loop, options.allow_private),
      open(options.open_credentials, options.open_credential_lifetime),
      flights(seams.loop.executor(),
              {options.concurrent_refreshes, options.concurrent_refreshes_per_provider},
              [this](std::string connection, size_t lane) {
                return refresh(*this, std::move(connection), lane);
              }),
      refreshes(seams.loop.executor(), seams.loop.clock(),
                [this](const std::string& name) { fly_due(*this, name); }),
      revocations(seams.loop.executor(), seams.loop.clock(),
                  [this](const std::string& id) { tasks.spawn(try_revocation(*this, id)); }),
      tasks(seams.loop.executor()) {}

struct Connections::Parts {
  Core core;
};

Connections::Connections(ConnectionsSeams seams, ConnectionsOptions options)
    : parts_(new Parts{Core(std::move(seams), options)}) {}
Connections::~Connections() = default;

namespace {

// What a restart finds: when each token is due, and exchanges whose outcome it does not know.
Task<Result<void>> plan_page(Core& core, std::vector<state::KeyedRecord<st::ConnectionRecord>> page) {
  std::vector<std::string> keys;
  keys.reserve(page.size());
  for (const auto& row : page) keys.push_back(row.key);
  auto states = co_await state::load_records<st::ConnectionStateRecord>(core.seams.store, std::move(keys));
  if (!states) co_return std::move(states).error();
  for (size_t i = 0; i < page.size(); ++i) {
    ++core.counts.connections;
    StoredConnection stored;
    stored.record = std::move(page[i].record);
    if ((*states)[i]) stored.state = *std::move((*states)[i]);
    // At once: a server may take the same token again for some seconds only.
    if (stored.state.has_intent()) *stored.state.mutable_next_refresh_at() = state::to_timestamp(core.now());
    plan_refresh(core, stored);
  }
  co_return Result<void>();
}

Task<Result<void>> plan_refreshes(Core& core) {
  constexpr size_t kPage = 1000;
  std::string after;
  do {
    auto page = co_await state::scan_records<st::ConnectionRecord>(core.seams.store, "", after, kPage);
    if (!page) co_return std::move(page).error();
    after = page->size() == kPage ? page->back().key : "";
    auto planned = co_await plan_page(core, *std::move(page));
    if (!planned) co_return planned;
  } while (!after.empty());
  co_return Result<void>();
}

} // namespace

Task<Result<void>> Connections::start() {
  Core& core = parts_->core;
  auto planned = co_await plan_refreshes(core);
  if (!planned) co_return planned;
  planned = co_await plan_revocations(core);
  if (!planned) co_return planned;
  core.refreshes.begin();
  core.revocations.begin();
  core.tasks.spawn(expire_authorizations(core));
  co_return Result<void>();
}

Task<void> Connections::stop() {
  Core& core = parts_->core;
  core.stopping = true;
  co_await core.refreshes.stop();
  co_await core.revocations.stop();
  core.tasks.cancel();
  co_await core.flights.stop(core.clock(), core.options.shutdown_grace);
  co_await core.tasks.join();
}

Connections::ConnectionResult Connections::create(v1::CreateConnectionRequest request) {
  return create_connection(parts_->core, std::move(request));
}

Task<Result<v1::StartAuthorizationResponse>> Connections::start_authorization(
    v1::StartAuthorizationRequest request) {
  return credentials::start_authorization(parts_->core, std::move(request));
}

Connections::ConnectionResult Connections::finish_authorization(v1::FinishAuthorizationRequest request) {
  return credentials::finish_authorization(parts_->core, std::move(request));
}

Connections::ConnectionResult Connections::get(v1::GetConnectionRequest request) {
  Core& core = parts_->core;
  auto stored = co_await load_connection(core.seams.store, request.name());
  if (!stored) co_return std::move(stored).error();
  co_return show_connection(*stored, core.flights.flying(request.name()));
}

Task<Result<v1::ListConnectionsResponse>> Connections::list(v1::ListConnectionsRequest request) {
  Core& core = parts_->core;
  const std::string list = "connections " + request.provider();
  auto page = state::read_page(list, request.page_size(), request.page_token());
  if (!page) co_return std::move(page).error();
  auto rows =
      co_await state::scan_records<st::ConnectionRecord>(core.seams.store, "", page->after, page->size);
  if (!rows) co_return std::move(rows).error();
  std::vector<std::string> keys;
  for (const auto& row : *rows) keys.push_back(row.key);
  auto states = co_await state::load_records<st::ConnectionStateRecord>(core.seams.store, keys);
  if (!states) co_return std::move(states).error();
  v1::ListConnectionsResponse response;
  for (size_t i = 0; i < rows->size(); ++i) {
    StoredConnection stored;
    stored.record = std::move((*rows)[i].record);
    if (!request.provider().empty() && stored.settings().provider() != request.provider()) continue;
    if ((*states)[i]) stored.state = *std::move((*states)[i]);
    *response.add_connections() = show_connection(stored, core.flights.flying(stored.name()));
  }
  if (rows->size() == page->size) response.set_next_page_token(state::page_token_after(list, keys.back()));
  co_return response;
}

Connections::ConnectionResult Connections::begin_deletion(v1::DeleteConnectionRequest request) {
  return credentials::begin_deletion(parts_->core, std::move(request));
}

Task<Result<v1::DeleteConnectionResponse>> Connections::finish_deletion(std::string name) {
  return credentials::finish_deletion(parts_->core, std::move(name));
}

Task<Result<std::vector<v1::DeleteConnectionRequest>>> Connections::interrupted_deletions() {
  return credentials::interrupted_deletions(parts_->core);
}

Task<Result<void>> Connections::record_check(v1::ConnectionReport report) {
  return credentials::record_check(parts_->core, std::move(report));
}

Task<Result<v1::SyncError>> Connections::approval_help(std::string name) {
  Core& core = parts_->core;
  auto stored = co_await load_connection(core.seams.store, name);
  if (!stored) co_return std::move(stored).error();
  if (stored->state.state() == v1::Connection::ADMIN_APPROVAL) co_return stored->state.state_error();
  auto party = ConnectionParty::of(core.seams, *stored, nullptr);
  if (!party) co_return std::move(party).error();
  const auto& wanted = stored->settings().capabilities();
  auto scopes = scopes_for(**party, {wanted.begin(), wanted.end()});
  if (!scopes) co_return std::move(scopes).error();
  const auto& approval = (*party)->profile.approval;
  co_return state::to_message(approval_error(**party, approval ? approval->when : "", *scopes));
}

std::optional<Result<int64_t>> Connections::authorize_now(http::Request& request) {
  return credentials::authorize_now(parts_->core, request);
}

Task<Result<int64_t>> Connections::authorize(http::Request& request) {
  return credentials::authorize(parts_->core, &request);
}

Task<Result<bool>> Connections::refused(std::string connection, int64_t version) {
  return credentials::refused(parts_->core, std::move(connection), version);
}

Connections::Gauges Connections::gauges() const {
  Gauges gauges = parts_->core.counts;
  gauges.refreshing = parts_->core.flights.running();
  gauges.needing_a_person = parts_->core.needing_a_person.size();
  return gauges;
}

} // namespace circuit::credentials
