#pragma once
// What commands print: tables and errors for people, JSON for programs. Answers go to stdout, all else to
// stderr. Text that came from outside is stripped of control characters, so that a feed cannot drive a
// terminal.

#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "circuit/feeds/v1/feed.pb.h"
#include "ingest/runtime/error.h"

namespace circuit::cli {

// Whether colours and redrawing are welcome: a terminal, and neither NO_COLOR nor TERM=dumb for the colours.
bool is_terminal(std::FILE* stream);
bool wants_colour(std::FILE* stream);

// Control characters (and DEL, and the C1 range) as spaces.
std::string printable(std::string_view text);

// The canonical proto3 JSON mapping, on one line.
std::string to_json(const google::protobuf::Message& message);
void print_json(const google::protobuf::Message& message, std::FILE* stream = stdout);

// A JSON string with its quotes. `text` is UTF-8.
std::string json_string(std::string_view text);

// Columns as wide as they need to be; the first row is the heading. Cells are made printable.
void print_table(const std::vector<std::vector<std::string>>& rows, std::FILE* stream = stdout);
// "name:  value" lines, aligned; pairs with an empty value are left out.
void print_fields(const std::vector<std::pair<std::string, std::string>>& fields, std::FILE* stream = stdout);

// "2026-01-31 12:00:00 UTC", or empty where unset.
std::string show_time(const google::protobuf::Timestamp& time);
// "Feed 12,345"-style digits.
std::string show_count(int64_t count);
std::string show_bytes(int64_t bytes);

// On stderr; as an object {"error": {...}} with `json`.
void print_error(const Error& error, bool json);
// Of a request that was refused: kUsage where the request itself was wrong, else kFailed.
int exit_code_of(const Error& error);

} // namespace circuit::cli
