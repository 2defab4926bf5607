#pragma once
// Credentials at rest: one sealed row per connection, under a data key of that connection, which is sealed by
// a master key. docs/credential-format.md has the bytes.
//
// What is authenticated with each row: what it is, whose it is, which version; so no two rows can be swapped
// and none rolled back unnoticed (the version that must be there is in ConnectionStateRecord). Nothing is
// ever written in the clear, and there is no mode without a master key.
//
// A data key seals far fewer rows than AES-GCM with random nonces allows (2^32): every kVersionsPerDataKey
// versions a new one is made.
//
// Whoever writes a data key's row, and when. Two seals that each find no data key make one together: the
// second takes what the first has made, committed or not. A rotation leaves alone every connection whose data
// key somebody here has made or destroyed, until the store shows it; and between its look at that and its
// commit nothing is awaited, so that what comes later also commits later. Two seals or a seal and a destroy()
// of one connection are the caller's to keep apart, as its versions are.
//
// On one loop; the store and the keyring outlive it. The secrets that it returns are the caller's to wipe,
// which their type does.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "circuit/feeds/state/v1/records.pb.h"
#include "ingest/credentials/keyring.h"
#include "ingest/credentials/secret.h"
#include "ingest/runtime/random.h"
#include "ingest/state/store.h"

namespace circuit::credentials {

inline constexpr int64_t kVersionsPerDataKey = 1 << 16;

// How many data keys each master key holds, by key id: of connections, and of revocations that are under way.
// Rows that contradict themselves are counted under kUnreadableKey.
inline constexpr const char* kUnreadableKey = "unreadable";
Task<Result<std::map<std::string, int64_t>>> count_data_keys(state::StateStore& store);

class Vault {
 public:
  // An empty keyring seals and opens nothing.
  Vault(state::StateStore& store, const Keyring& keyring, Random& random);

  // Before anything is served: AUTH MASTER_KEY_MISSING when a stored credential is sealed by a key that is
  // not loaded; it names the key and says how many. Nothing stored: no key is needed.
  Task<Result<void>> check_keys();

  // Errors of all: the store's and RECORD_CORRUPT, RECORD_NEWER; CORRUPT CREDENTIAL_TAMPERED (does not
  // authenticate), CREDENTIAL_ROLLED_BACK (an older version than `version`), CREDENTIAL_MISSING; CONFLICT
  // CREDENTIAL_CHANGED (a newer one: read the state again); AUTH MASTER_KEY_MISSING (no key, or sealed by one
  // that is not loaded; names its id). Each names the connection.

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

  // Seals data keys of connections again under the primary master key, a page at a time, while everything
  // else goes on. Those of revocations keep theirs: they are gone within days.
  struct Rotation {
    int64_t rotated = 0;
    int64_t left = 0;   // of this page, that are sealed by another key still: failed, or being replaced
    int64_t failed = 0; // of this page, that could not be opened
    std::vector<Error> failures;
    std::string next; // empty: the end; give it back
  };
  Task<Result<Rotation>> rotate(std::string after, size_t limit);
  Task<Result<std::map<std::string, int64_t>>> count_by_key() { return count_data_keys(store_); }

 private:
  struct Parts;
  struct Reading;
  struct DataKey;
  Result<DataKey> open_data_key(std::string_view purpose, const std::string& owner,
                                const circuit::feeds::state::v1::DataKeyRecord& record) const;
  Result<DataKey> open_data_key_row(const std::string& connection, std::string_view row) const;
  Result<circuit::feeds::state::v1::DataKeyRecord> seal_data_key(std::string_view purpose,
                                                                 const std::string& owner,
                                                                 const DataKey& key) const;
  Task<Result<DataKey>> data_key_for_sealing(std::string connection, bool renew, state::Batch& batch);
  Task<Result<void>> forget_settled();

  state::StateStore& store_;
  const Keyring& keyring_;
  Random& random_;
  std::shared_ptr<Parts> parts_;
};

} // namespace circuit::credentials
