// The first byte chooses the kind of record, the rest are its bytes on disk.

#include "ingest/state/records.h"

#include "tests/fuzz/target.h"

namespace circuit::fuzz {
namespace {

namespace stored = circuit::feeds::state::v1;

template <class Record>
void check_record(std::string_view bytes) {
  const auto key = state::feed_key("feeds/fuzz");
  const auto record = state::parse_record<Record>(state::kTableOf<Record>, key, bytes);
  if (!record) {
    require_clear(record.error());
    const bool corrupt =
        record.error().cls == ErrorClass::kCorrupt && record.error().reason == "RECORD_CORRUPT";
    const bool newer = record.error().cls == ErrorClass::kInvalid && record.error().reason == "RECORD_NEWER";
    return require(corrupt || newer, "damage and news are told apart", record.error().reason);
  }
  const std::string written = state::serialize(*record);
  const auto again = state::parse_record<Record>(state::kTableOf<Record>, key, written);
  require(again.ok(), "a record that was written is read back");
  require(state::serialize(*again) == written, "the same record has the same bytes");
}

} // namespace

void check_input(std::string_view input) {
  Input in(input);
  switch (in.byte() % 7) {
    case 0:
      return check_record<stored::FeedRecord>(in.rest());
    case 1:
      return check_record<stored::FeedStateRecord>(in.rest());
    case 2:
      return check_record<stored::ManifestRecord>(in.rest());
    case 3:
      return check_record<stored::RunRecord>(in.rest());
    case 4:
      return check_record<stored::DeadLetterRecord>(in.rest());
    case 5:
      return check_record<stored::RequestRecord>(in.rest());
    default:
      return check_record<stored::SinkRecord>(in.rest());
  }
}

} // namespace circuit::fuzz
