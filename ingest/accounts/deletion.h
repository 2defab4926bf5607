#pragma once
// A connection on its way out. Private to this box; on the engine's loop.

#include <optional>

#include "ingest/accounts/accounts.h"

namespace circuit::accounts {

struct Accounts::Deletion {
  circuit::feeds::v1::DeleteConnectionRequest request;
  std::optional<Result<Response>> outcome; // of the last attempt
  uint64_t attempts = 0;                   // that have ended
  int64_t retracted = 0;
  bool done = false;
  Event changed; // an attempt has ended
  Event asked;   // somebody wants another one now
};

} // namespace circuit::accounts
