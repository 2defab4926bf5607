#include "ingest/credentials/connection_records.h"

namespace circuit::credentials {
namespace {

// What was stored under "AUTH" and the like, as an error again.
Error from_stored_error(const v1::SyncError& stored, ErrorClass cls) {
  Error error = make_error(cls, stored.reason(), stored.message(), stored.next_step());
  error.metadata.insert(stored.metadata().begin(), stored.metadata().end());
  return error;
}

} // namespace

Task<Result<std::optional<StoredConnection>>> find_connection(state::StateStore& store, std::string name) {
  auto key = state::connection_key(name);
  auto record = co_await state::load_record<st::ConnectionRecord>(store, key);
  if (!record) co_return std::move(record).error();
  if (!*record) co_return std::optional<StoredConnection>();
  auto state = co_await state::load_record<st::ConnectionStateRecord>(store, std::move(key));
  if (!state) co_return std::move(state).error();
  StoredConnection found;
  found.record = **std::move(record);
  if (*state) found.state = **std::move(state);
  co_return std::optional<StoredConnection>(std::move(found));
}

Task<Result<StoredConnection>> load_connection(state::StateStore& store, std::string name) {
  auto found = co_await find_connection(store, name);
  if (!found) co_return std::move(found).error();
  if (!*found) co_return connection_not_found(name);
  co_return **std::move(found);
}

Error connection_not_found(const std::string& name) {
  auto error = make_error(ErrorClass::kNotFound, "CONNECTION_NOT_FOUND",
                          "There is no connection " + name.substr(0, 80), "List the connections.");
  return std::move(error).with("connection", name.substr(0, 80));
}

void put_settings(state::Batch& batch, const StoredConnection& connection) {
  state::put_record(batch, state::connection_key(connection.name()), connection.record);
}

void put_state(state::Batch& batch, const StoredConnection& connection) {
  state::put_record(batch, state::connection_key(connection.name()), connection.state);
}

v1::Connection show_connection(const StoredConnection& connection, bool flying) {
  const st::ConnectionStateRecord& state = connection.state;
  v1::Connection shown = connection.settings();
  const bool active = state.state() == v1::Connection::ACTIVE;
  shown.set_state(active && (flying || state.has_intent()) ? v1::Connection::REFRESHING : state.state());
  if (state.has_state_error()) *shown.mutable_state_error() = state.state_error();
  shown.set_account(state.account());
  *shown.mutable_granted_scopes() = state.granted_scopes();
  *shown.mutable_properties() = state.properties();
  if (state.has_authorized_at()) *shown.mutable_authorized_at() = state.authorized_at();
  if (state.has_expires_at()) *shown.mutable_expires_at() = state.expires_at();
  if (state.has_refreshed_at()) *shown.mutable_refreshed_at() = state.refreshed_at();
  if (state.has_next_refresh_at()) *shown.mutable_next_refresh_at() = state.next_refresh_at();
  shown.set_refresh_failures(state.refresh_failures());
  return shown;
}

std::optional<Error> refusal_of(const StoredConnection& connection) {
  const std::string& name = connection.name();
  const st::ConnectionStateRecord& state = connection.state;
  switch (state.state()) {
    case v1::Connection::ACTIVE:
    case v1::Connection::REFRESHING:
      return std::nullopt;
    case v1::Connection::ADMIN_APPROVAL:
      return from_stored_error(state.state_error(), ErrorClass::kAdminApproval).with("connection", name);
    case v1::Connection::NEEDS_REAUTHORIZATION: {
      Error error = from_stored_error(state.state_error(), ErrorClass::kAuth).with("connection", name);
      // What scripts match is that it must be connected anew; why is beside it.
      error.metadata["cause"] = std::exchange(error.reason, "CONNECTION_NEEDS_REAUTHORIZATION");
      error.message = name + " has to be connected anew: " + error.message;
      return error;
    }
    case v1::Connection::DISCONNECTING: {
      auto error = make_error(ErrorClass::kAuth, "CONNECTION_DISCONNECTING", name + " is being disconnected",
                              "Use another connection.");
      return std::move(error).with("connection", name);
    }
    default: {
      auto error = make_error(ErrorClass::kAuth, "CONNECTION_PENDING",
                              "Nobody has finished authorizing " + name + " yet",
                              "Finish the authorization that was started, or start it again.");
      return std::move(error).with("connection", name);
    }
  }
}

} // namespace circuit::credentials
