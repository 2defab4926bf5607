#pragma once
// Which key each record has. docs/state-format.md shows them byte by byte. Names are resource names as the
// API has them: a feed is "feeds/{id}", a sync "syncs/{id}". Pure functions; any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ingest/runtime/error.h"
#include "ingest/state/store.h"

namespace circuit::state {

// "meta", "feeds", ...: the column family's name, part of the format.
const char* table_name(Table table);

std::string feed_key(std::string_view feed);

std::string manifest_prefix(std::string_view feed, int64_t epoch);
std::string manifest_prefix(std::string_view feed); // all epochs
std::string manifest_key(std::string_view feed, int64_t epoch, std::string_view external_id);
// The external id of a manifest row, a view into `key`; nullopt if it is no manifest key.
std::optional<std::string_view> manifest_external_id(std::string_view key);

std::string run_key(std::string_view sync);
// Newest first within a feed.
std::string run_by_feed_prefix(std::string_view feed);
std::string run_by_feed_key(std::string_view feed, SystemTime created_at, std::string_view sync);
struct RunByFeed {
  std::string feed;
  SystemTime created_at;
  std::string sync;
};
std::optional<RunByFeed> read_run_by_feed_key(std::string_view key);

std::string dead_letter_prefix(std::string_view feed);
std::string dead_letter_key(std::string_view feed, std::string_view external_id);

std::string cursor_part_prefix(std::string_view feed); // all epochs
std::string cursor_part_prefix(std::string_view feed, int64_t epoch);
std::string cursor_part_key(std::string_view feed, int64_t epoch, std::string_view part);
std::optional<std::string_view> cursor_part_name(std::string_view key);

std::string enumeration_prefix(std::string_view feed); // all epochs
std::string enumeration_key(std::string_view feed, int64_t epoch, std::string_view scope);

std::string seen_prefix(std::string_view feed); // all epochs
std::string seen_prefix(std::string_view feed, int64_t epoch, std::string_view scope);
std::string seen_key(std::string_view feed, int64_t epoch, std::string_view scope,
                     std::string_view external_id);
std::optional<std::string_view> seen_external_id(std::string_view key);

// Of a connection's settings, state, credential and data key, each in its table.
std::string connection_key(std::string_view connection);
std::string authorization_key(std::string_view state_hash);
std::string revocation_key(std::string_view id);

std::string request_key(std::string_view request_id);
std::string sink_key(std::string_view uri);

// A key for people: `manifest ("feeds/news", 1, "https://example.org/1")`. Bytes that do not print are
// escaped, and what is no key of that table is shown in hexadecimal. At most about 400 characters.
std::string printable_key(Table table, std::string_view key);

} // namespace circuit::state
