#include "tests/providers/library/cursor.h"

#include <cstdint>

namespace circuit::providers::library {
namespace {

// Lines; the strings hold no line breaks.
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

circuit::feeds::state::v1::Cursor with_text(const std::string& text) {
  circuit::feeds::state::v1::Cursor cursor;
  cursor.mutable_rss()->set_history_url(text);
  return cursor;
}

} // namespace

WalkCursor read_walk(const circuit::feeds::state::v1::Cursor& cursor) {
  const auto lines = lines_of(cursor.rss().history_url());
  WalkCursor walk;
  if (lines.size() < 2) return walk;
  walk.moves = lines[0];
  walk.incomplete = lines[1];
  for (size_t i = 2; i + 1 < lines.size(); i += 2) walk.places.push_back({lines[i], lines[i + 1]});
  return walk;
}

circuit::feeds::state::v1::Cursor write_cursor(const WalkCursor& walk) {
  std::string text = walk.moves + "\n" + walk.incomplete + "\n";
  for (const auto& place : walk.places) text += place.folder + "\n" + place.marker + "\n";
  return with_text(text);
}

ChangesCursor read_changes(const circuit::feeds::state::v1::Cursor& cursor) {
  const auto lines = lines_of(cursor.rss().history_url());
  if (lines.size() < 3) return {};
  return {lines[0], lines[1] == "enumerating", lines[2]};
}

circuit::feeds::state::v1::Cursor write_cursor(const ChangesCursor& changes) {
  const std::string mode = changes.enumerating ? "enumerating" : "changes";
  return with_text(changes.token + "\n" + mode + "\n" + changes.incomplete + "\n");
}

} // namespace circuit::providers::library
