// Connections made of secrets that the caller has, and what a check found out about any.

#include "ingest/credentials/core.h"
#include "ingest/credentials/settings.h"
#include "ingest/runtime/digest.h"
#include "ingest/state/request_ids.h"

namespace circuit::credentials {
namespace {

Error needs_consent(const MethodOfProvider& found) {
  return make_error(
      ErrorClass::kInvalid, "METHOD_NEEDS_CONSENT",
      found.profile->display_name + " wants a person to agree to \"" + found.method->name + "\"",
      "Call StartAuthorization, or choose a method that takes a secret.");
}

// A credential that somebody gave: the connection works, as far as is known.
void give_credential(Core& core, StoredConnection& stored, const Method& method) {
  st::ConnectionStateRecord& state = stored.state;
  const SystemTime now = core.now();
  state.set_credential_version(state.credential_version() + 1);
  state.set_state(v1::Connection::ACTIVE);
  state.clear_state_error();
  state.clear_intent();
  state.clear_expires_at();
  state.clear_refreshed_at();
  state.clear_next_refresh_at();
  state.set_refresh_failures(0);
  *state.mutable_authorized_at() = state::to_timestamp(now);
  // A key pair has no token yet.
  if (method.assertion) *state.mutable_next_refresh_at() = state::to_timestamp(now);
}

} // namespace

Task<Result<v1::Connection>> create_connection(Core& core, v1::CreateConnectionRequest request) {
  v1::Connection settings = request.connection();
  const bool named = !settings.name().empty();
  auto method = canonicalize(core.seams, settings);
  if (!method) co_return std::move(method).error();
  if (method->method->oauth) co_return needs_consent(*method);
  auto credential = take_secrets(*method->method, *request.mutable_secrets());
  if (!credential) co_return std::move(credential).error();
  auto checked = state::check_request_id(request.request_id());
  if (!checked) co_return std::move(checked).error();

  // A name that was made for this call is not part of what the caller asked for.
  v1::Connection asked = settings;
  if (!named) asked.clear_name();
  const state::IdentifiedRequest identified{request.request_id(), sha256(state::serialize(asked))};
  const auto request_hold = co_await core.locks.lock("request " + request.request_id());
  auto answered =
      co_await state::find_request(core.seams.store, identified, core.now(), core.options.request_ids_kept);
  if (!answered) co_return std::move(answered).error();
  if (*answered) {
    auto earlier = co_await find_connection(core.seams.store, **answered);
    if (!earlier) co_return std::move(earlier).error();
    if (*earlier) co_return show_connection(**earlier, core.flights.flying(**answered));
  }

  const std::string name = settings.name();
  const auto hold = co_await core.locks.lock(name);
  auto existing = co_await find_connection(core.seams.store, name);
  if (!existing) co_return std::move(existing).error();
  StoredConnection stored;
  const bool is_new = !existing->has_value();
  if (!is_new) {
    if (!same_connection((*existing)->settings(), settings)) co_return connection_exists(name);
    if ((*existing)->state.state() == v1::Connection::DISCONNECTING) co_return *refusal_of(**existing);
    stored = **std::move(existing);
    renew_settings(stored, settings, core.now());
  } else {
    stored = new_connection(std::move(settings), core.now());
  }
  give_credential(core, stored, *method->method);
  if (request.validate_only()) co_return show_connection(stored, false);

  state::Batch batch;
  auto sealing =
      core.seams.vault.seal(name, stored.state.credential_version(), *std::move(credential), batch);
  auto sealed = co_await std::move(sealing);
  if (!sealed) co_return std::move(sealed).error();
  put_settings(batch, stored);
  put_state(batch, stored);
  state::put_request(batch, identified, name, core.now());
  auto commit = core.seams.store.commit(std::move(batch));
  auto written = co_await std::move(commit);
  if (!written) co_return std::move(written).error();
  if (is_new) ++core.counts.connections;
  state_changed(core, stored);
  co_return show_connection(stored, core.flights.flying(name));
}

namespace {

// A failed check is proof where nothing can be exchanged, or where the newest token was refused.
void apply_failed_check(StoredConnection& stored, const v1::SyncError& error) {
  const bool refused = error.error_class() == error_class_name(ErrorClass::kAuth);
  const bool approval = error.error_class() == error_class_name(ErrorClass::kAdminApproval);
  if (!refused && !approval) return;
  stored.state.set_state(approval ? v1::Connection::ADMIN_APPROVAL : v1::Connection::NEEDS_REAUTHORIZATION);
  *stored.state.mutable_state_error() = error;
  if (refused) stored.state.clear_next_refresh_at();
}

} // namespace

Task<Result<void>> record_check(Core& core, v1::ConnectionReport report) {
  const auto hold = co_await core.locks.lock(report.connection());
  auto stored = co_await load_connection(core.seams.store, report.connection());
  if (!stored) co_return std::move(stored).error();
  // What is not in use was not asked about: the error is the stored one.
  const auto before = stored->state.state();
  const bool usable = before == v1::Connection::ACTIVE || before == v1::Connection::ADMIN_APPROVAL;
  if (!usable) co_return Result<void>();
  if (report.works()) {
    stored->state.set_state(v1::Connection::ACTIVE);
    stored->state.clear_state_error();
  } else {
    apply_failed_check(*stored, report.error());
  }
  if (!report.account().empty()) stored->state.set_account(report.account());
  if (report.granted_scopes_size() > 0) *stored->state.mutable_granted_scopes() = report.granted_scopes();
  state::Batch batch;
  put_state(batch, *stored);
  auto commit = core.seams.store.commit(std::move(batch));
  auto written = co_await std::move(commit);
  if (written) state_changed(core, *stored);
  co_return written;
}

} // namespace circuit::credentials
