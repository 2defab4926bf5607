// Data keys under their master keys: opening, sealing, sealing again, counting.

#include <utility>

#include "ingest/credentials/vault_parts.h"
#include "ingest/state/key.h"
#include "ingest/state/layout.h"
#include "ingest/state/records.h"

namespace circuit::credentials {
namespace {

namespace stored = circuit::feeds::state::v1;
using state::Table;

constexpr size_t kCountPage = 1000;

// The id of the master key, where the record and what is sealed in it say the same.
std::string agreed_key_id(const stored::DataKeyRecord& record) {
  const auto sealed_by = Cipher::key_id(record.sealed());
  if (!sealed_by || binary_key_id(record.master_key_id()) != *sealed_by) return {};
  return record.master_key_id();
}

std::string counted_key_id(Table table, const state::Row& row) {
  std::string id;
  if (table == Table::kDataKeys) {
    const auto record = state::parse_record<stored::DataKeyRecord>(table, row.key, row.value);
    if (record) id = agreed_key_id(*record);
  } else {
    const auto record = state::parse_record<stored::RevocationRecord>(table, row.key, row.value);
    if (record) id = agreed_key_id(record->data_key());
  }
  return id.empty() ? kUnreadableKey : id;
}

std::string connection_of(const std::string& key) {
  state::KeyReader reader(key);
  return std::string(reader.string().value_or(std::string_view()));
}

} // namespace

Task<Result<std::map<std::string, int64_t>>> count_data_keys(state::StateStore& store) {
  std::map<std::string, int64_t> counts;
  for (const Table table : {Table::kDataKeys, Table::kRevocations}) {
    std::string after;
    for (bool more = true; more;) {
      state::ScanRequest request{table, {}, after, kCountPage};
      auto rows = co_await store.scan(std::move(request));
      if (!rows) co_return std::move(rows).error();
      for (const auto& row : *rows) ++counts[counted_key_id(table, row)];
      more = rows->size() == kCountPage;
      if (more) after = rows->back().key;
    }
  }
  co_return counts;
}

Task<Result<void>> Vault::check_keys() {
  auto counts = co_await count_by_key();
  if (!counts) co_return std::move(counts).error();
  for (const auto& [id, count] : *counts) {
    if (id == kUnreadableKey || keyring_.has(id)) continue;
    Error error = master_key_missing(id);
    error.message += " (" + std::to_string(count) + " of them)";
    co_return std::move(error).with("sealed", std::to_string(count));
  }
  co_return Result<void>();
}

Result<Vault::DataKey> Vault::open_data_key(std::string_view purpose, const std::string& owner,
                                            const stored::DataKeyRecord& record) const {
  const std::string id = agreed_key_id(record);
  if (id.empty()) return credential_tampered(owner, "has a data key whose key ids contradict each other");
  const Secret* master = keyring_.find(id);
  if (master == nullptr) return master_key_missing(id).with("connection", owner);
  auto opened =
      parts_->cipher.open(binary_key_id(id), master->reveal(), {purpose, owner, {}, 0}, record.sealed());
  if (!opened || opened->size() != DataKey::kBytes)
    return credential_tampered(owner, "has a data key that does not authenticate");
  return DataKey{*std::move(opened)};
}

Result<Vault::DataKey> Vault::open_data_key_row(const std::string& connection, std::string_view row) const {
  auto record =
      state::parse_record<stored::DataKeyRecord>(Table::kDataKeys, state::connection_key(connection), row);
  if (!record) return std::move(record).error();
  return open_data_key(kDataKeyPurpose, connection, *record);
}

Result<stored::DataKeyRecord> Vault::seal_data_key(std::string_view purpose, const std::string& owner,
                                                   const DataKey& key) const {
  const std::string& id = keyring_.primary_id();
  const Secret* master = keyring_.find(id);
  if (master == nullptr) return master_key_missing();
  stored::DataKeyRecord record;
  record.set_format(state::kFormatOf<stored::DataKeyRecord>);
  record.set_master_key_id(id);
  record.set_sealed(parts_->cipher.seal(binary_key_id(id), master->reveal(), {purpose, owner, {}, 0},
                                        key.bytes.reveal(), random_));
  return record;
}

Task<Result<Vault::Rotation>> Vault::rotate(std::string after, size_t limit) {
  if (keyring_.primary_id().empty()) co_return master_key_missing();
  if (after.empty()) {
    auto forgotten = co_await forget_settled();
    if (!forgotten) co_return std::move(forgotten).error();
  }
  const Reading reading(parts_);
  state::ScanRequest request{Table::kDataKeys, {}, std::move(after), limit};
  auto rows = co_await store_.scan(std::move(request));
  if (!rows) co_return std::move(rows).error();
  // From here to the commit nothing is awaited.
  Rotation rotation;
  state::Batch batch;
  for (const auto& row : *rows) {
    const std::string connection = connection_of(row.key);
    auto record = state::parse_record<stored::DataKeyRecord>(Table::kDataKeys, row.key, row.value);
    if (record && record->master_key_id() == keyring_.primary_id() && !agreed_key_id(*record).empty())
      continue;
    if (parts_->made.contains(connection)) {
      ++rotation.left;
      continue;
    }
    auto key = record ? open_data_key(kDataKeyPurpose, connection, *record)
                      : Result<DataKey>(std::move(record).error());
    auto sealed = key ? seal_data_key(kDataKeyPurpose, connection, *key)
                      : Result<stored::DataKeyRecord>(std::move(key).error());
    if (!sealed) {
      ++rotation.left;
      ++rotation.failed;
      rotation.failures.push_back(std::move(sealed).error());
      continue;
    }
    state::put_record(batch, row.key, *std::move(sealed));
    ++rotation.rotated;
  }
  if (!rows->empty() && rows->size() == limit) rotation.next = rows->back().key;
  if (!batch.empty()) {
    auto commit = store_.commit(std::move(batch));
    auto committed = co_await std::move(commit);
    if (!committed) co_return std::move(committed).error();
  }
  co_return rotation;
}

// Lets go of what the store shows by now.
Task<Result<void>> Vault::forget_settled() {
  std::vector<std::string> connections;
  for (const auto& [connection, row] : parts_->made) connections.push_back(connection);
  for (const auto& connection : connections) {
    const Reading reading(parts_);
    const std::string key = state::connection_key(connection);
    auto row = co_await store_.get(Table::kDataKeys, key);
    if (!row) co_return std::move(row).error();
    const auto made = parts_->made.find(connection);
    if (made != parts_->made.end() && made->second == *row && reading.alone()) parts_->made.erase(made);
  }
  co_return Result<void>();
}

std::string binary_key_id(std::string_view hexadecimal) {
  if (hexadecimal.size() != 2 * Cipher::kIdBytes) return {};
  std::string binary(Cipher::kIdBytes, '\0');
  for (size_t i = 0; i < hexadecimal.size(); ++i) {
    const char c = hexadecimal[i];
    const bool decimal = c >= '0' && c <= '9';
    if (!decimal && (c < 'a' || c > 'f')) return {};
    binary[i / 2] = static_cast<char>(binary[i / 2] << 4 | (decimal ? c - '0' : c - 'a' + 10));
  }
  return binary;
}

Error credential_tampered(const std::string& owner, const std::string& what) {
  return make_error(ErrorClass::kCorrupt, "CREDENTIAL_TAMPERED",
                    "The stored credential of " + owner + " " + what +
                        ": its bytes were changed, or are another row's",
                    "Connect the account again, and see who can write to the data directory; or restore it "
                    "from a backup.")
      .with("connection", owner);
}

} // namespace circuit::credentials
