#include "ingest/state/records.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <climits>

namespace circuit::state {

namespace detail {

Result<void> parse_message(google::protobuf::MessageLite& message, Table table, std::string_view key,
                           std::string_view bytes) {
  if (bytes.size() <= INT_MAX && message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return {};
  return make_error(
             ErrorClass::kCorrupt, "RECORD_CORRUPT",
             "The stored record " + printable_key(table, key) + " does not parse",
             "Stop the worker and restore the data directory from a backup; docs/state-format.md says how.")
      .with("table", table_name(table))
      .with("key", printable_key(table, key));
}

Result<void> check_format(int format, int newest, Table table, std::string_view key) {
  if (format >= 1 && format <= newest) return {};
  if (format > newest) {
    return make_error(ErrorClass::kInvalid, "RECORD_NEWER",
                      "The stored record " + printable_key(table, key) + " has format " +
                          std::to_string(format) + ", and this program knows formats up to " +
                          std::to_string(newest),
                      "Use the version of circuit-feeds that wrote it, or a newer one.")
        .with("table", table_name(table))
        .with("key", printable_key(table, key));
  }
  return make_error(
             ErrorClass::kCorrupt, "RECORD_CORRUPT",
             "The stored record " + printable_key(table, key) + " has format " + std::to_string(format) +
                 ", which no version writes",
             "Stop the worker and restore the data directory from a backup; docs/state-format.md says how.")
      .with("table", table_name(table))
      .with("key", printable_key(table, key));
}

} // namespace detail

std::string serialize(const google::protobuf::MessageLite& message) {
  // In one piece of the right size: a string that grows is most of the work of a small record.
  std::string bytes(message.ByteSizeLong(), '\0');
  google::protobuf::io::ArrayOutputStream stream(bytes.data(), static_cast<int>(bytes.size()));
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeWithCachedSizes(&coded);
  coded.Trim();
  return bytes;
}

} // namespace circuit::state
