#pragma once
// Authorizes the requests of an Azure connection, for each attempt anew: a `credentials::Signer` for the
// methods "shared-key" and "sas". Pure; any thread.

#include "circuit/feeds/v1/connection.pb.h"
#include "ingest/credentials/secret.h"
#include "ingest/http/message.h"
#include "ingest/runtime/result.h"

namespace circuit::feeds::azure_blob {

// Asks for the second key of the account. Never sent: the signer takes it away.
inline constexpr std::string_view kSecondKeyHeader = "x-circuit-second-key";

// Secrets "key" and "secondary_key", or "sas"; parameter "account". Errors: AUTH AZURE_KEY_MALFORMED,
// AZURE_SAS_MALFORMED, AZURE_SECRET_MISSING (also where the second key is asked for and there is none).
Result<void> authorize(http::Request& request, const circuit::feeds::v1::Connection& connection,
                       const credentials::Credential& credential, SystemTime now);

} // namespace circuit::feeds::azure_blob
