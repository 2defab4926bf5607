#include "ingest/state/store_errors.h"

#include <algorithm>

namespace circuit::state {

Result<void> check_batch(const Batch& batch) {
  size_t longest = 0;
  for (const auto& write : batch.writes) longest = std::max(longest, write.key.size());
  for (const auto& [table, prefix] : batch.delete_prefixes) longest = std::max(longest, prefix.size());
  if (longest <= kKeyBytesMax) return {};
  return make_error(ErrorClass::kInvalid, "STORE_KEY_TOO_LONG",
                    "A key of " + std::to_string(longest) + " bytes cannot be stored; the limit is " +
                        std::to_string(kKeyBytesMax),
                    "Shorten the name or identifier that it is made of.");
}

Error disk_full(const std::string& detail) {
  return make_error(
      ErrorClass::kExhausted, "DISK_FULL", "No space is left for the data directory (" + detail + ")",
      "Free disk space or enlarge the volume; the worker goes on by itself as soon as there is room.");
}

Error io_failed(const std::string& detail) {
  return make_error(ErrorClass::kTransient, "STORE_IO",
                    "The store could not be read or written (" + detail + ")",
                    "If it stays, check the disk under the data directory and the system's log.");
}

Error store_corrupt(const std::string& detail) {
  return make_error(
      ErrorClass::kCorrupt, "STORE_CORRUPT", "The stored data is damaged (" + detail + ")",
      "Stop the worker and restore the data directory from a backup; docs/state-format.md says how.");
}

Error store_closed() {
  return make_error(ErrorClass::kCancelled, "STORE_CLOSED", "The store is closed", "Start the worker again.");
}

Error outcome_unknown(const std::string& detail) {
  return make_error(
      ErrorClass::kCorrupt, "STORE_OUTCOME_UNKNOWN",
      "The disk failed while a commit was being made durable, so whether it is stored is unknown (" + detail +
          ")",
      "Check the disk under the data directory, then restart the worker: it goes on from what is stored.");
}

} // namespace circuit::state
