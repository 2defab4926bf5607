#pragma once
// The errors that every StateStore gives in the same words, and the check of what every StateStore refuses.
// Pure functions; any thread.

#include <cstddef>
#include <string>

#include "ingest/runtime/result.h"
#include "ingest/state/store.h"

namespace circuit::state {

inline constexpr size_t kKeyBytesMax = 64 << 10;

// INVALID STORE_KEY_TOO_LONG: a key or prefix of more than kKeyBytesMax. Nothing of the batch is applied.
Result<void> check_batch(const Batch& batch);

// `detail` is what the system said.
Error disk_full(const std::string& detail);       // EXHAUSTED DISK_FULL: not applied
Error io_failed(const std::string& detail);       // TRANSIENT STORE_IO: not applied
Error store_corrupt(const std::string& detail);   // CORRUPT STORE_CORRUPT
Error store_closed();                             // CANCELLED STORE_CLOSED
Error outcome_unknown(const std::string& detail); // CORRUPT STORE_OUTCOME_UNKNOWN: applied or not

} // namespace circuit::state
