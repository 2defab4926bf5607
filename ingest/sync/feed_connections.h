#pragma once
// Feeds and the connections that they read through: what is checked of a connection before a feed is made or
// synced, and what becomes of its feeds when it goes. Private to this box; on the engine's loop.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ingest/sync/core.h"

namespace circuit::sync {

// Whether a feed can be made with the connection that it names. INVALID CONNECTION_REQUIRED,
// CONNECTION_PROVIDER_MISMATCH; NOT_FOUND CONNECTION_NOT_FOUND; AUTH CONNECTION_DISCONNECTING. One that
// waits for a person is no hindrance: the feed works when it does.
Task<Result<void>> check_connection(Core& core, circuit::feeds::v1::Feed feed);

// Why nothing can be read through it now; nullopt: it can. AUTH CONNECTION_PENDING,
// CONNECTION_NEEDS_REAUTHORIZATION; CONNECTION_DISCONNECTING; ADMIN_APPROVAL, as stored.
std::optional<Error> unusable(const circuit::feeds::v1::Connection& connection);

// Of the engine; engine.h says what they do.
Task<Result<std::vector<std::string>>> feeds_of_connection(Core& core, std::string connection);
Task<Result<void>> stop_syncs_of_connection(Core& core, std::string connection);
Task<Result<int64_t>> retract_feed(Core& core, std::string feed, std::string reason);
Task<Result<void>> resume_polls_of_connection(Core& core, std::string connection);

} // namespace circuit::sync
