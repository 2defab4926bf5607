#include "ingest/credentials/vault.h"

#include <utility>

#include "ingest/credentials/credential_bytes.h"
#include "ingest/credentials/vault_parts.h"
#include "ingest/state/layout.h"
#include "ingest/state/records.h"

namespace circuit::credentials {
namespace {

namespace records = circuit::feeds::state::v1;
using state::Table;

constexpr std::string_view kCredentialPurpose = "credential";
constexpr std::string_view kValuePurpose = "value";
constexpr std::string_view kRevocationPurpose = "revocation";
constexpr int kMomentsMax = 8; // new data keys during one open; more would be a defect

Error credential_missing(const std::string& owner) {
  return make_error(ErrorClass::kCorrupt, "CREDENTIAL_MISSING",
                    "The stored credential of " + owner + " is gone",
                    "Connect the account again, or restore the data directory from a backup.")
      .with("connection", owner);
}

Error credential_rolled_back(const std::string& owner, int64_t found, int64_t expected) {
  return make_error(ErrorClass::kCorrupt, "CREDENTIAL_ROLLED_BACK",
                    "The stored credential of " + owner + " is version " + std::to_string(found) +
                        ", and version " + std::to_string(expected) + " was stored last",
                    "Somebody put an older row back: connect the account again, and see who can write to the "
                    "data directory.")
      .with("connection", owner);
}

Error credential_changed(const std::string& owner) {
  return make_error(ErrorClass::kConflict, "CREDENTIAL_CHANGED",
                    "The credential of " + owner + " was replaced while it was being read", "Read it again.")
      .with("connection", owner);
}

Result<Credential> decoded(const std::string& owner, const Secret& plaintext) {
  auto credential = decode_credential(plaintext);
  if (credential) return *std::move(credential);
  return make_error(
             ErrorClass::kInvalid, "RECORD_NEWER",
             "The stored credential of " + owner + " is written in a way that this program does not know",
             "Use the version of circuit-feeds that wrote it, or a newer one.")
      .with("connection", owner);
}

// What a batch does to a row, where it does anything.
const std::optional<std::string>* written_by(const state::Batch& batch, Table table, const std::string& key) {
  for (auto write = batch.writes.rbegin(); write != batch.writes.rend(); ++write) {
    if (write->table == table && write->key == key) return &write->value;
  }
  return nullptr;
}

} // namespace

Vault::Vault(state::StateStore& store, const Keyring& keyring, Random& random)
    : store_(store), keyring_(keyring), random_(random), parts_(std::make_shared<Parts>()) {}

Task<Result<Credential>> Vault::open(std::string connection, int64_t version) {
  const std::string key = state::connection_key(connection);
  std::string row_before;
  std::string key_row_before;
  for (int moment = 0; moment < kMomentsMax; ++moment) {
    auto row = co_await store_.get(Table::kCredentials, key);
    if (!row) co_return std::move(row).error();
    auto key_row = co_await store_.get(Table::kDataKeys, key);
    if (!key_row) co_return std::move(key_row).error();
    if (!*row || !*key_row) co_return credential_missing(connection);
    auto record = state::parse_record<records::CredentialRecord>(Table::kCredentials, key, **row);
    if (!record) co_return std::move(record).error();
    if (record->version() < version) co_return credential_rolled_back(connection, record->version(), version);
    if (record->version() > version) co_return credential_changed(connection);
    auto data_key = open_data_key_row(connection, **key_row);
    if (!data_key) co_return std::move(data_key).error();
    if (Cipher::key_id(record->sealed()) == data_key->id()) {
      const Context context{kCredentialPurpose, connection, {}, version};
      const auto plaintext = parts_->cipher.open(data_key->id(), data_key->key(), context, record->sealed());
      if (!plaintext) co_return credential_tampered(connection, "does not authenticate");
      co_return decoded(connection, *plaintext);
    }
    // Two rows, two reads: they may be of two moments. Once nothing changes any more, they contradict each
    // other.
    if (row_before == **row && key_row_before == **key_row) break;
    row_before = **std::move(row);
    key_row_before = **std::move(key_row);
  }
  co_return credential_tampered(connection, "is not sealed with the data key of that connection");
}

Task<Result<void>> Vault::seal(std::string connection, int64_t version, Credential credential,
                               state::Batch& batch) {
  auto data_key = co_await data_key_for_sealing(connection, version % kVersionsPerDataKey == 0, batch);
  if (!data_key) co_return std::move(data_key).error();
  const Secret plaintext = encode_credential(credential);
  const Context context{kCredentialPurpose, connection, {}, version};
  records::CredentialRecord record;
  record.set_version(version);
  record.set_sealed(
      parts_->cipher.seal(data_key->id(), data_key->key(), context, plaintext.reveal(), random_));
  state::put_record(batch, state::connection_key(connection), std::move(record));
  co_return Result<void>();
}

Task<Result<std::string>> Vault::seal_value(std::string connection, std::string purpose, Secret value,
                                            state::Batch& batch) {
  auto data_key = co_await data_key_for_sealing(connection, false, batch);
  if (!data_key) co_return std::move(data_key).error();
  const Context context{kValuePurpose, connection, purpose, 0};
  co_return parts_->cipher.seal(data_key->id(), data_key->key(), context, value.reveal(), random_);
}

Task<Result<Secret>> Vault::open_value(std::string connection, std::string purpose, std::string sealed) {
  const std::string key = state::connection_key(connection);
  auto key_row = co_await store_.get(Table::kDataKeys, key);
  if (!key_row) co_return std::move(key_row).error();
  if (!*key_row) co_return credential_missing(connection);
  auto data_key = open_data_key_row(connection, **key_row);
  if (!data_key) co_return std::move(data_key).error();
  const Context context{kValuePurpose, connection, purpose, 0};
  auto value = parts_->cipher.open(data_key->id(), data_key->key(), context, sealed);
  if (!value) co_return credential_tampered(connection, "(" + purpose + ") does not authenticate");
  co_return *std::move(value);
}

void Vault::destroy(const std::string& connection, state::Batch& batch) {
  const std::string key = state::connection_key(connection);
  state::erase_record<records::CredentialRecord>(batch, key);
  state::erase_record<records::DataKeyRecord>(batch, key);
  // With one key no rotation has anything to write.
  if (keyring_.ids().size() > 1) {
    parts_->made.insert_or_assign(connection, std::nullopt);
  } else {
    parts_->made.erase(connection);
  }
}

Task<Result<void>> Vault::erase() {
  std::vector<Table> tables = {Table::kCredentials, Table::kDataKeys, Table::kAuthorizations,
                               Table::kRevocations};
  return store_.purge(std::move(tables));
}

Result<void> Vault::seal_apart(const Credential& credential, const std::string& id,
                               records::RevocationRecord& record) {
  DataKey data_key = DataKey::make(random_);
  auto sealed_key = seal_data_key(kRevocationKeyPurpose, id, data_key);
  if (!sealed_key) return std::move(sealed_key).error();
  const Secret plaintext = encode_credential(credential);
  record.set_sealed(parts_->cipher.seal(data_key.id(), data_key.key(), {kRevocationPurpose, id, {}, 0},
                                        plaintext.reveal(), random_));
  *record.mutable_data_key() = *std::move(sealed_key);
  return {};
}

Result<Credential> Vault::open_apart(const records::RevocationRecord& record, const std::string& id) {
  auto data_key = open_data_key(kRevocationKeyPurpose, id, record.data_key());
  if (!data_key) return std::move(data_key).error();
  const auto plaintext =
      parts_->cipher.open(data_key->id(), data_key->key(), {kRevocationPurpose, id, {}, 0}, record.sealed());
  if (!plaintext) return credential_tampered(id, "does not authenticate");
  return decoded(id, *plaintext);
}

Task<Result<Vault::DataKey>> Vault::data_key_for_sealing(std::string connection, bool renew,
                                                         state::Batch& batch) {
  const std::string key = state::connection_key(connection);
  std::optional<std::string> row;
  bool stored = false; // as `row`, already
  // Earlier in the same batch?
  if (const auto* written = written_by(batch, Table::kDataKeys, key); written != nullptr) {
    row = *written;
    stored = true;
  } else {
    const Reading reading(parts_);
    auto read = co_await store_.get(Table::kDataKeys, key);
    if (!read) co_return std::move(read).error();
    row = *std::move(read);
    stored = row.has_value();
    const auto made = parts_->made.find(connection);
    if (made != parts_->made.end()) {
      if (row == made->second && reading.alone()) {
        parts_->made.erase(made);
      } else if (made->second && row != made->second) {
        row = made->second;
        stored = false;
      }
    }
    if (renew) row.reset();
  }
  if (row) {
    auto opened = open_data_key_row(connection, *row);
    if (opened && !stored) batch.put(Table::kDataKeys, key, *row);
    co_return opened;
  }
  // Nothing was awaited since the look at `made`, so there is one maker.
  DataKey data_key = DataKey::make(random_);
  auto record = seal_data_key(kDataKeyPurpose, connection, data_key);
  if (!record) co_return std::move(record).error();
  state::put_record(batch, key, *std::move(record));
  parts_->made.insert_or_assign(connection, batch.writes.back().value);
  co_return data_key;
}

} // namespace circuit::credentials
