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

struct RefreshDecision {
  v1::Connection::State state = v1::Connection::ACTIVE;
  Error error;
  std::optional<SystemTime> next; // nullopt: nothing but a person helps
  // Attempts that may have spent the token, and whose answers were lost; 0 clears the intent.
  int attempts = 0;
};
// What a failed exchange means for a refresh token that each exchange spends. A failure that passes never
// asks for a person; only a server that refuses the token does. The one that is stored is the one that may be
// the valid one: a successor is durable before it is used, and of one whose answer was lost nobody has a
// copy. So to send it again costs nothing that could have been kept, on servers of each kind:
//
//   it is taken again for a while    Atlassian for ten minutes (community.developer.atlassian.com,
//                                    "Deprecating persistent refresh tokens", t/54172): the attempts are
//                                    planned so that one falls shortly before that ends
//   it is taken as long as it lives  Microsoft does not revoke the old one (learn.microsoft.com,
//                                    entra/identity-platform/refresh-tokens), Google and HubSpot do not
//                                    rotate; FAPI 2.0 (section 5.3.2.1) wants retries to work
//   it revokes the whole grant       RFC 9700 section 4.14.2: a grant whose current token is lost for good
//
// Whether the answer was a 500 or none at all decides how soon: where it may have taken place, the first
// repetition follows within seconds, since some servers take a token again for no longer.
//
// `reuse_leeway`: for how long a spent token is taken again; nullopt: the exchange spends nothing.
RefreshDecision decide_failure(const st::ConnectionStateRecord& state, const ExchangeError& failed,
                               std::optional<Duration> reuse_leeway, SystemTime now, Random& random);
// It does not open: tampered with, or its key is not loaded.
RefreshDecision credential_unreadable(const Error& error, SystemTime now, Random& random);

// A connection that is being deleted stays so.
void apply_decision(StoredConnection& connection, const RefreshDecision& decision);

} // namespace circuit::credentials
