#include "ingest/state/layout.h"

#include <array>

#include "ingest/state/key.h"

namespace circuit::state {
namespace {

struct TableLayout {
  const char* name;
  const char* parts; // of its key: s string, i integer
};

constexpr auto kLayout = std::to_array<TableLayout>({
    {"meta", "s"},
    {"feeds", "s"},
    {"manifest", "sis"},
    {"runs", "s"},
    {"runs_by_feed", "sis"},
    {"dead_letters", "ss"},
    {"requests", "s"},
    {"sinks", "s"},
    {"feed_states", "s"},
    {"cursor_parts", "sis"},
    {"connections", "s"},
    {"connection_states", "s"},
    {"credentials", "s"},
    {"data_keys", "s"},
    {"authorizations", "s"},
    {"revocations", "s"},
    {"enumerations", "sis"},
    {"seen", "siss"},
});
static_assert(kLayout.size() == kTableCount);

const TableLayout& layout_of(Table table) { return kLayout.at(static_cast<size_t>(table)); }

// Later times have smaller numbers; its own inverse, and no time overflows it.
int64_t reversed(int64_t microseconds) { return ~microseconds; }

constexpr char kHexDigits[] = "0123456789abcdef";

std::string hexadecimal(std::string_view bytes) {
  constexpr size_t kShown = 100;
  std::string out;
  for (const char c : bytes.substr(0, kShown)) {
    out += kHexDigits[static_cast<unsigned char>(c) >> 4];
    out += kHexDigits[static_cast<unsigned char>(c) & 15];
  }
  return bytes.size() > kShown ? out + "..." : out;
}

std::string quoted(std::string_view part) {
  constexpr size_t kShown = 120;
  std::string out = "\"";
  for (const char c : part.substr(0, kShown)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte >= 0x7f) {
      out += "\\x";
      out += kHexDigits[byte >> 4];
      out += kHexDigits[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
  return part.size() > kShown ? out + "..." : out;
}

// The parts as a tuple; nullopt where the bytes are not exactly those parts.
std::optional<std::string> tuple(std::string_view parts, std::string_view key) {
  KeyReader reader(key);
  std::string out = "(";
  for (const char kind : parts) {
    if (out.size() > 1) out += ", ";
    if (kind == 's') {
      const auto part = reader.string();
      if (!part) return std::nullopt;
      out += quoted(*part);
    } else {
      const auto part = reader.integer();
      if (!part) return std::nullopt;
      out += std::to_string(*part);
    }
  }
  if (!reader.at_end()) return std::nullopt;
  return out + ")";
}

} // namespace

const char* table_name(Table table) { return layout_of(table).name; }

std::string feed_key(std::string_view feed) { return Key().add(feed).bytes(); }

std::string manifest_prefix(std::string_view feed, int64_t epoch) {
  return Key().add(feed).add(epoch).bytes();
}

std::string manifest_prefix(std::string_view feed) { return Key().add(feed).bytes(); }

std::string manifest_key(std::string_view feed, int64_t epoch, std::string_view external_id) {
  return Key().add(feed).add(epoch).add(external_id).bytes();
}

std::optional<std::string_view> manifest_external_id(std::string_view key) {
  KeyReader reader(key);
  if (!reader.string() || !reader.integer()) return std::nullopt;
  const auto external_id = reader.string();
  return reader.at_end() ? external_id : std::nullopt;
}

std::string run_key(std::string_view sync) { return Key().add(sync).bytes(); }

std::string run_by_feed_prefix(std::string_view feed) { return Key().add(feed).bytes(); }

std::string run_by_feed_key(std::string_view feed, SystemTime created_at, std::string_view sync) {
  return Key().add(feed).add(reversed(created_at.time_since_epoch().count())).add(sync).bytes();
}

std::optional<RunByFeed> read_run_by_feed_key(std::string_view key) {
  KeyReader reader(key);
  const auto feed = reader.string();
  const auto time = reader.integer();
  const auto sync = reader.string();
  if (!feed || !time || !sync || !reader.at_end()) return std::nullopt;
  return RunByFeed{std::string(*feed), SystemTime(std::chrono::microseconds(reversed(*time))),
                   std::string(*sync)};
}

std::string dead_letter_prefix(std::string_view feed) { return Key().add(feed).bytes(); }

std::string dead_letter_key(std::string_view feed, std::string_view external_id) {
  return Key().add(feed).add(external_id).bytes();
}

std::string request_key(std::string_view request_id) { return Key().add(request_id).bytes(); }

std::string sink_key(std::string_view uri) { return Key().add(uri).bytes(); }

std::string cursor_part_prefix(std::string_view feed) { return Key().add(feed).bytes(); }

std::string cursor_part_prefix(std::string_view feed, int64_t epoch) {
  return Key().add(feed).add(epoch).bytes();
}

std::string cursor_part_key(std::string_view feed, int64_t epoch, std::string_view part) {
  return Key().add(feed).add(epoch).add(part).bytes();
}

std::optional<std::string_view> cursor_part_name(std::string_view key) { return manifest_external_id(key); }

std::string enumeration_prefix(std::string_view feed) { return Key().add(feed).bytes(); }

std::string enumeration_key(std::string_view feed, int64_t epoch, std::string_view scope) {
  return Key().add(feed).add(epoch).add(scope).bytes();
}

std::string seen_prefix(std::string_view feed) { return Key().add(feed).bytes(); }

std::string seen_prefix(std::string_view feed, int64_t epoch, std::string_view scope) {
  return Key().add(feed).add(epoch).add(scope).bytes();
}

std::string seen_key(std::string_view feed, int64_t epoch, std::string_view scope,
                     std::string_view external_id) {
  return Key().add(feed).add(epoch).add(scope).add(external_id).bytes();
}

std::optional<std::string_view> seen_external_id(std::string_view key) {
  KeyReader reader(key);
  if (!reader.string() || !reader.integer() || !reader.string()) return std::nullopt;
  const auto external_id = reader.string();
  return reader.at_end() ? external_id : std::nullopt;
}

std::string connection_key(std::string_view connection) { return Key().add(connection).bytes(); }

std::string authorization_key(std::string_view state_hash) { return Key().add(state_hash).bytes(); }

std::string revocation_key(std::string_view id) { return Key().add(id).bytes(); }

std::string printable_key(Table table, std::string_view key) {
  const TableLayout& layout = layout_of(table);
  const auto parts = tuple(layout.parts, key);
  return std::string(layout.name) + " " + (parts ? *parts : "0x" + hexadecimal(key));
}

} // namespace circuit::state
