#pragma once
// The stored records, typed: proto/circuit/feeds/state/v1/records.proto through a StateStore.
//
// Reading a record that does not parse, or whose `format` is not one that a writer sets, is CORRUPT
// RECORD_CORRUPT; one that a newer program wrote is INVALID RECORD_NEWER. Both name the table and the key.
// Unknown fields are kept, so an older program that reads and writes a record back loses nothing of it.
//
// Pure functions from any thread; the awaitable ones from any loop, as the store itself.

#include <google/protobuf/message_lite.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "circuit/feeds/state/v1/records.pb.h"
#include "ingest/state/layout.h"
#include "ingest/state/store.h"

namespace circuit::state {

// What this program writes into the `format` of the records that have one.
template <class Record>
inline constexpr int kFormatOf = 0;
template <>
inline constexpr int kFormatOf<circuit::feeds::state::v1::FeedRecord> = 1;
template <>
inline constexpr int kFormatOf<circuit::feeds::state::v1::FeedStateRecord> = 1;
template <>
inline constexpr int kFormatOf<circuit::feeds::state::v1::ConnectionRecord> = 1;
template <>
inline constexpr int kFormatOf<circuit::feeds::state::v1::ConnectionStateRecord> = 1;
template <>
inline constexpr int kFormatOf<circuit::feeds::state::v1::CredentialRecord> = 1;
template <>
inline constexpr int kFormatOf<circuit::feeds::state::v1::DataKeyRecord> = 1;

// The table that holds a kind of record.
template <class Record>
inline constexpr Table kTableOf = Table::kMeta;
template <>
inline constexpr Table kTableOf<circuit::feeds::state::v1::FeedRecord> = Table::kFeeds;
template <>
inline constexpr Table kTableOf<circuit::feeds::state::v1::FeedStateRecord> = Table::kFeedStates;
template <>
inline constexpr Table kTableOf<circuit::feeds::state::v1::ManifestRecord> = Table::kManifest;
template <>
inline constexpr Table kTableOf<circuit::feeds::state::v1::RunRecord> = Table::kRuns;
template <>
inline constexpr Table kTableOf<circuit::feeds::state::v1::DeadLetterRecord> = Table::kDeadLetters;
template <>
inline constexpr Table kTableOf<circuit::feeds::state::v1::RequestRecord> = Table::kRequests;
template <>
inline constexpr Table kTableOf<circuit::feeds::state::v1::SinkRecord> = Table::kSinks;
template <>
inline constexpr Table kTableOf<circuit::feeds::state::v1::CursorPartRecord> = Table::kCursorParts;
template <>
inline constexpr Table kTableOf<circuit::feeds::state::v1::EnumerationRecord> = Table::kEnumerations;
template <>
inline constexpr Table kTableOf<circuit::feeds::state::v1::SeenRecord> = Table::kSeen;
template <>
inline constexpr Table kTableOf<circuit::feeds::state::v1::DoubtsRecord> = Table::kDoubts;
template <>
inline constexpr Table kTableOf<circuit::feeds::state::v1::ConnectionRecord> = Table::kConnections;
template <>
inline constexpr Table kTableOf<circuit::feeds::state::v1::ConnectionStateRecord> = Table::kConnectionStates;
template <>
inline constexpr Table kTableOf<circuit::feeds::state::v1::CredentialRecord> = Table::kCredentials;
template <>
inline constexpr Table kTableOf<circuit::feeds::state::v1::DataKeyRecord> = Table::kDataKeys;
template <>
inline constexpr Table kTableOf<circuit::feeds::state::v1::AuthorizationRecord> = Table::kAuthorizations;
template <>
inline constexpr Table kTableOf<circuit::feeds::state::v1::RevocationRecord> = Table::kRevocations;

template <class Record>
concept StoredRecord = (kTableOf<Record> != Table::kMeta);

namespace detail {

Result<void> parse_message(google::protobuf::MessageLite& message, Table table, std::string_view key,
                           std::string_view bytes);
Result<void> check_format(int format, int newest, Table table, std::string_view key);

} // namespace detail

// The same message gives the same bytes, also with maps.
std::string serialize(const google::protobuf::MessageLite& message);

template <class Record>
Result<void> parse_record_into(Record& record, Table table, std::string_view key, std::string_view bytes) {
  auto parsed = detail::parse_message(record, table, key, bytes);
  if (!parsed) return parsed;
  if constexpr (kFormatOf < Record >> 0) {
    return detail::check_format(record.format(), kFormatOf<Record>, table, key);
  }
  return {};
}

template <class Record>
Result<Record> parse_record(Table table, std::string_view key, std::string_view bytes) {
  Record record;
  auto parsed = parse_record_into(record, table, key, bytes);
  if (!parsed) return std::move(parsed).error();
  return record;
}

template <StoredRecord Record>
void put_record(Batch& batch, std::string key, Record record) {
  if constexpr (kFormatOf < Record >> 0) record.set_format(kFormatOf<Record>);
  batch.put(kTableOf<Record>, std::move(key), serialize(record));
}

template <StoredRecord Record>
void erase_record(Batch& batch, std::string key) {
  batch.erase(kTableOf<Record>, std::move(key));
}

// nullopt: there is none.
template <StoredRecord Record>
Task<Result<std::optional<Record>>> load_record(StateStore& store, std::string key) {
  auto bytes = co_await store.get(kTableOf<Record>, key);
  if (!bytes) co_return std::move(bytes).error();
  if (!*bytes) co_return std::optional<Record>();
  auto record = parse_record<Record>(kTableOf<Record>, key, **bytes);
  if (!record) co_return std::move(record).error();
  co_return std::optional<Record>(*std::move(record));
}

// In the order of the keys.
template <StoredRecord Record>
Task<Result<std::vector<std::optional<Record>>>> load_records(StateStore& store,
                                                              std::vector<std::string> keys) {
  auto values = co_await store.multi_get(kTableOf<Record>, keys);
  if (!values) co_return std::move(values).error();
  std::vector<std::optional<Record>> records(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    const auto& bytes = (*values)[i];
    if (!bytes) continue;
    auto record = parse_record<Record>(kTableOf<Record>, keys[i], *bytes);
    if (!record) co_return std::move(record).error();
    records[i] = *std::move(record);
  }
  co_return records;
}

template <class Record>
struct KeyedRecord {
  std::string key;
  Record record;
};

// One page of a prefix; fewer than `limit` only at its end. Go on with `after` = the last key.
template <StoredRecord Record>
Task<Result<std::vector<KeyedRecord<Record>>>> scan_records(StateStore& store, std::string prefix,
                                                            std::string after, size_t limit) {
  ScanRequest request{kTableOf<Record>, std::move(prefix), std::move(after), limit};
  auto rows = co_await store.scan(std::move(request));
  if (!rows) co_return std::move(rows).error();
  std::vector<KeyedRecord<Record>> records;
  records.reserve(rows->size());
  for (auto& row : *rows) {
    auto record = parse_record<Record>(kTableOf<Record>, row.key, row.value);
    if (!record) co_return std::move(record).error();
    records.push_back({std::move(row.key), *std::move(record)});
  }
  co_return records;
}

} // namespace circuit::state
