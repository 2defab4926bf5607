#pragma once
// Credentials at rest: one sealed row per connection, under a data key of that connection, which is sealed by
// a master key. docs/credential-format.md has the bytes.
//
// What is authenticated with each row: what it is, whose it is, which version; so no two rows can be swapped
// and none rolled back unnoticed (the version that must be there is in ConnectionStateRecord). Nothing is
// ever written in the clear, and there is no mode without a master key.
//
// On one loop; the store and the keyring outlive it. The secrets that it returns are the caller's to wipe,
// which their type does.

#include <cstdint>
#include <string>

#include "circuit/feeds/state/v1/records.pb.h"
#include "ingest/credentials/keyring.h"
#include "ingest/credentials/secret.h"
#include "ingest/runtime/random.h"
#include "ingest/state/store.h"

namespace circuit::credentials {

class Vault {
 public:
  Vault(state::StateStore& store, const Keyring& keyring, Random& random);

  // Errors of all: the store's; CORRUPT CREDENTIAL_TAMPERED (does not authenticate), CREDENTIAL_ROLLED_BACK
  // (another version than `version`), CREDENTIAL_MISSING; AUTH MASTER_KEY_MISSING (sealed by a key that is
  // not loaded; names its id).

  // The credential at exactly this version.
  Task<Result<Credential>> open(std::string connection, int64_t version);
  // Appends to `batch` what stores the credential as `version`; makes the connection's data key where there
  // is none. The caller commits, together with the ConnectionStateRecord that says `version`.
  Task<Result<void>> seal(std::string connection, int64_t version, Credential credential,
                          state::Batch& batch);

  // Small secrets of a connection that are not its credential (a PKCE verifier), for AuthorizationRecord.
  // `purpose` is authenticated.
  Task<Result<std::string>> seal_value(std::string connection, std::string purpose, Secret value,
                                       state::Batch& batch);
  Task<Result<Secret>> open_value(std::string connection, std::string purpose, std::string sealed);

  // Appends the deletion of credential and data key. After its commit nothing can open them again; erase()
  // then takes their bytes out of the files.
  void destroy(const std::string& connection, state::Batch& batch);
  Task<Result<void>> erase();

  // A sealed copy under a data key of its own, for a revocation that outlives its connection.
  Result<void> seal_apart(const Credential& credential, const std::string& id,
                          circuit::feeds::state::v1::RevocationRecord& record);
  Result<Credential> open_apart(const circuit::feeds::state::v1::RevocationRecord& record,
                                const std::string& id);

  // Seals data keys again under the primary master key, a page at a time, while everything else goes on.
  struct Rotation {
    int64_t rotated = 0;
    int64_t left = 0;   // that are sealed by another key still
    int64_t failed = 0; // that could not be opened; each was reported as a warning
    std::string next;   // empty: the end; give it back
  };
  Task<Result<Rotation>> rotate(std::string after, size_t limit);
  // How many data keys each master key holds, by key id.
  Task<Result<std::map<std::string, int64_t>>> count_by_key();

 private:
  struct DataKeyRow;
  Task<Result<Secret>> data_key(std::string connection);
  Task<Result<Secret>> data_key_or_new(std::string connection, state::Batch& batch);

  state::StateStore& store_;
  const Keyring& keyring_;
  Random& random_;
};

} // namespace circuit::credentials
