#pragma once
// The text form of a master key, and how ids are derived from keys. Pure functions; any thread.

#include <cstddef>
#include <string>
#include <string_view>

#include "ingest/credentials/secret.h"
#include "ingest/runtime/random.h"
#include "ingest/runtime/result.h"

namespace circuit::credentials {

inline constexpr size_t kKeyBytes = 32;

struct MasterKey {
  std::string id; // 16 hexadecimal digits
  Secret key;
};

// One line, with or without its end. INVALID MASTER_KEY_MALFORMED; the message says where it is from
// (`source`) and nothing of what it holds.
Result<MasterKey> read_key_line(const Secret& line, const std::string& source);

// The first 16 hexadecimal digits of SHA-256 over `domain`, a zero byte, and the key. Says nothing of a key
// of 256 random bits.
std::string derive_key_id(std::string_view domain, const Secret& key);

} // namespace circuit::credentials
