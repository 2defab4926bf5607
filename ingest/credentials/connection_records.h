#pragma once
// A connection's two records, as one thing: settings that the API writes, and the state that whoever
// authorizes, refreshes or deletes it writes, one at a time. Private to this box; any loop, as the store.

#include <optional>
#include <string>

#include "circuit/feeds/state/v1/records.pb.h"
#include "ingest/runtime/result.h"
#include "ingest/state/records.h"
#include "ingest/state/timestamp.h"

namespace circuit::credentials {

namespace v1 = circuit::feeds::v1;
namespace st = circuit::feeds::state::v1;

struct StoredConnection {
  st::ConnectionRecord record;
  st::ConnectionStateRecord state;

  const v1::Connection& settings() const { return record.settings(); }
  const std::string& name() const { return settings().name(); }
};

// nullopt: there is none.
Task<Result<std::optional<StoredConnection>>> find_connection(state::StateStore& store, std::string name);
Task<Result<StoredConnection>> load_connection(state::StateStore& store, std::string name);
Error connection_not_found(const std::string& name);

void put_settings(state::Batch& batch, const StoredConnection& connection);
void put_state(state::Batch& batch, const StoredConnection& connection);

// As the API shows it. `flying`: its token is being exchanged at this moment.
v1::Connection show_connection(const StoredConnection& connection, bool flying);

// The error that whoever wants to use the connection gets; nullopt: it can be used.
std::optional<Error> refusal_of(const StoredConnection& connection);

} // namespace circuit::credentials
