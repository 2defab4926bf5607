#include "ingest/accounts/confidential.h"

#include "ingest/credentials/secret.h"

namespace circuit::accounts {

namespace v1 = circuit::feeds::v1;

namespace {

void wipe_values(v1::ConnectionSecrets& secrets) {
  for (auto& [name, value] : *secrets.mutable_values()) credentials::wipe(value);
}

} // namespace

void wipe_secrets(v1::CreateConnectionRequest& request) {
  if (request.has_secrets()) wipe_values(*request.mutable_secrets());
}

void wipe_secrets(v1::StartAuthorizationRequest& request) {
  if (request.has_secrets()) wipe_values(*request.mutable_secrets());
}

void wipe_secrets(v1::FinishAuthorizationRequest& request) {
  credentials::wipe(*request.mutable_redirect_url());
}

} // namespace circuit::accounts
