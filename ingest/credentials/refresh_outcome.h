#pragma once
// What an exchange's outcome makes of a connection's state. Pure but for the dice; private to this box.

#include <optional>

#include "ingest/credentials/connection_records.h"
#include "ingest/credentials/oauth.h"
#include "ingest/runtime/random.h"

namespace circuit::credentials {

// A new credential, as version + 1: the caller seals it in the same commit.
void apply_tokens(StoredConnection& connection, const Tokens& tokens, const Method& method, SystemTime now,
                  Random& random);

// How often a refresh token may be sent while it is not known whether it is spent: once, and once more.
inline constexpr int kMostAttempts = 2;

struct RefreshDecision {
  v1::Connection::State state = v1::Connection::ACTIVE;
  Error error;
  std::optional<SystemTime> next; // nullopt: nothing but a person helps
  // Attempts that may have spent the token and are not accounted for; 0 clears the intent.
  int attempts = 0;
};
// `spends`: the exchange may have spent the refresh token.
RefreshDecision decide_failure(const st::ConnectionStateRecord& state, const ExchangeError& failed,
                               bool spends, SystemTime now, Random& random);
// Sent as often as is allowed, and no answer came back.
RefreshDecision outcome_unknown();
// It does not open: tampered with, or its key is not loaded.
RefreshDecision credential_unreadable(const Error& error, SystemTime now, Random& random);

// A connection that is being deleted stays so.
void apply_decision(StoredConnection& connection, const RefreshDecision& decision);

} // namespace circuit::credentials
