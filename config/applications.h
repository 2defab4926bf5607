#pragma once
// The OAuth applications that this worker is registered as, one per provider: the operator's file. YAML,
// strict; docs/configuration.md shows it.
//
//   applications:
//     google-drive:
//       client_id: 1234.apps.googleusercontent.com
//       client_secret_file: google-drive.secret   # relative to this file
//
// Reads files; any thread.

#include <string>
#include <string_view>
#include <vector>

#include "ingest/credentials/profile.h"
#include "ingest/credentials/secret.h"
#include "ingest/runtime/result.h"

namespace circuit::config {

// Addresses that replace the catalog's, for tests and private deployments; empty: as the catalog says.
struct Overrides {
  std::string authorization_endpoint;
  std::string token_endpoint;
  std::string revocation_endpoint;
  std::string issuer;
  std::string account_url;
  std::string base_url;
  std::vector<std::string> hosts; // besides the catalog's and those of the addresses above
};

struct Application {
  std::string provider;              // its catalog id
  std::string client_id;             // empty where only addresses are overridden
  credentials::Secret client_secret; // empty: a public client
  Overrides overrides;
};

// The order is the file's. NOT_FOUND APPLICATIONS_MISSING; INVALID APPLICATIONS_UNREADABLE (the file, or one
// that it names), APPLICATIONS_INVALID with file, line and column (and never a value); PERMISSION
// APPLICATIONS_EXPOSED: others may read or write a file with a secret.
Result<std::vector<Application>> load_applications(const std::string& path);

// Puts the overrides in the place of the catalog's addresses, in all methods.
void apply_overrides(const Overrides& overrides, credentials::Profile& profile);

} // namespace circuit::config
