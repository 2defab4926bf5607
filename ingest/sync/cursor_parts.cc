// Cursors of the parts of a selection: read one at a time, written with the checkpoint that follows a change.

#include <utility>

#include "ingest/state/records.h"
#include "ingest/sync/run.h"

namespace circuit::sync {

namespace st = circuit::feeds::state::v1;

Task<st::Cursor> Run::part(std::string name) {
  if (const auto changed = changed_parts_.find(name); changed != changed_parts_.end())
    co_return changed->second;
  auto key = state::cursor_part_key(settings_.name(), committed_.epoch(), name);
  auto stored = co_await state::load_record<st::CursorPartRecord>(seams_.store, std::move(key));
  if (!stored) throw Failure(std::move(stored).error());
  st::Cursor cursor;
  if (*stored) cursor = std::move(*(**stored).mutable_cursor());
  read_part_ = ReadPart{std::move(name), cursor};
  co_return cursor;
}

void Run::set_part(std::string name, st::Cursor cursor) {
  if (read_part_ && read_part_->name == name) {
    const bool same = state::serialize(read_part_->cursor) == state::serialize(cursor);
    if (same && !changed_parts_.contains(name)) return;
    read_part_.reset(); // what is stored changes
  }
  changed_parts_[std::move(name)] = std::move(cursor);
}

Task<std::vector<std::string>> Run::parts(std::string after, size_t limit) {
  const int64_t epoch = committed_.epoch();
  state::ScanRequest request{state::Table::kCursorParts, state::cursor_part_prefix(settings_.name(), epoch),
                             after.empty() ? "" : state::cursor_part_key(settings_.name(), epoch, after),
                             limit};
  auto rows = co_await seams_.store.scan(std::move(request));
  if (!rows) throw Failure(std::move(rows).error());
  std::vector<std::string> names;
  for (const auto& row : *rows) {
    if (const auto name = state::cursor_part_name(row.key)) names.emplace_back(*name);
  }
  co_return names;
}

void Run::write_parts(state::Batch& batch) const {
  for (const auto& [name, cursor] : changed_parts_) {
    auto key = state::cursor_part_key(settings_.name(), committed_.epoch(), name);
    if (cursor.provider_case() == st::Cursor::PROVIDER_NOT_SET) {
      state::erase_record<st::CursorPartRecord>(batch, std::move(key));
      continue;
    }
    st::CursorPartRecord record;
    *record.mutable_cursor() = cursor;
    state::put_record(batch, std::move(key), std::move(record));
  }
}

} // namespace circuit::sync
