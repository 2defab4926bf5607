#pragma once
// What a caller may ask a connection to be: names, parameters, secrets, capabilities, against the catalog.
// Pure but for the dice; private to this box.

#include "ingest/credentials/connection_records.h"
#include "ingest/credentials/connections.h"
#include "ingest/credentials/party.h"

namespace circuit::credentials {

// Checks the settings and brings them into the form in which they are stored: only what the caller sets, the
// method by its name, a name where there is none.
Result<MethodOfProvider> canonicalize(const ConnectionsSeams& seams, v1::Connection& settings);

// The secrets of a method, out of a message whose copies are wiped. INVALID SECRET_MISSING, SECRET_UNKNOWN.
Result<Credential> take_secrets(const Method& method, v1::ConnectionSecrets& secrets);

// "The connection exists and is for something else." The same provider, method and parameters are the same
// connection; labels and capabilities may differ.
bool same_connection(const v1::Connection& a, const v1::Connection& b);
std::string settings_etag(const v1::Connection& settings);
// CONFLICT ETAG_MISMATCH.
Result<void> check_etag(const v1::Connection& stored, const std::string& etag);
Error connection_exists(const std::string& name);

// Replaces capabilities and labels where the caller gave some, and sets etag and times.
void renew_settings(StoredConnection& stored, const v1::Connection& wanted, SystemTime now);
StoredConnection new_connection(v1::Connection settings, SystemTime now);

} // namespace circuit::credentials
