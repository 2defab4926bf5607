#pragma once
// Keeps the data keys under the primary master key: at the start, and when asked, it seals again what another
// loaded key seals, a page at a time with pauses, beside everything else. A crash or a stop costs nothing:
// the next start goes on with what is left.
//
// On the loop; the vault and the keyring outlive it, and stop() has returned before it goes, or the loop will
// never run again.

#include <cstdint>
#include <functional>

#include "circuit/feeds/v1/services.pb.h"
#include "ingest/credentials/vault.h"
#include "ingest/runtime/loop.h"
#include "ingest/runtime/task_group.h"

namespace circuit::credentials {

struct KeyRotationPace {
  size_t page = 256;
  Duration pause = std::chrono::milliseconds(50); // after each page
};

class KeyRotation {
 public:
  // Warnings: data keys that could not be opened (each at each pass), and a store that fails.
  KeyRotation(Vault& vault, const Keyring& keyring, Loop& loop, std::function<void(const Error&)> warning,
              KeyRotationPace pace = {});

  // The errors of Vault::check_keys(): then nothing may be served. Begins a pass where one is needed.
  Task<Result<void>> start();
  Task<void> stop();

  using Answer = Task<Result<circuit::feeds::v1::ListKeysResponse>>;
  Answer list();
  // AUTH MASTER_KEY_MISSING without a key.
  Answer rotate();
  bool is_running() const { return running_; }

 private:
  Task<void> run_pass();
  Task<Result<bool>> is_needed();
  void begin();

  Vault& vault_;
  const Keyring& keyring_;
  Loop& loop_;
  std::function<void(const Error&)> warning_;
  const KeyRotationPace pace_;
  TaskGroup pass_;
  bool running_ = false;
  int64_t rotated_ = 0;
  int64_t failed_ = 0;
};

} // namespace circuit::credentials
