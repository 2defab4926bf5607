#pragma once
// The master keys of a worker: one is primary and seals; the others only open what they sealed before.
//
// A key file is one line, "circuit-feeds-key-1:{id}:{base64 of 32 bytes}"; `circuit-feeds keys generate`
// makes one. The id is derived from the key (SHA-256), so a file that was altered is noticed. Sources, all at
// once: the files named by --master-key, CIRCUIT_FEEDS_MASTER_KEY_FILE and credentials.master_key_file (the
// first is primary), or a directory, as Kubernetes mounts a secret: every file in it is a key, and the one
// that the file `primary` names (by file name or by id), or else the one last by name, is primary. Names that
// begin with a dot are not read. CIRCUIT_FEEDS_MASTER_KEY holds a key itself; it is taken out of the
// environment when it was read, and is primary only where no file is named.
//
// A file that group or others can read is refused. Where Kubernetes mounted it (a directory with ..data), the
// group may read it: a container that is not root has no other way.
//
// Immutable once loaded; any thread. AUTH MASTER_KEY_MISSING's next step says how to make one.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/credentials/secret.h"
#include "ingest/runtime/random.h"
#include "ingest/runtime/result.h"

namespace circuit::credentials {

struct KeySources {
  std::vector<std::string> paths; // files or directories, the primary first
  Secret inline_key;              // the line itself, where a file is not possible
};

class Keyring {
 public:
  // AUTH MASTER_KEY_MISSING (no source), NOT_FOUND MASTER_KEY_FILE_MISSING, PERMISSION
  // MASTER_KEY_FILE_UNREADABLE, MASTER_KEY_FILE_EXPOSED (mode), INVALID MASTER_KEY_MALFORMED,
  // MASTER_KEY_AMBIGUOUS.
  static Result<Keyring> load(const KeySources& sources);
  static Result<Keyring> of(std::vector<Secret> lines); // the first is primary; for tests
  // No key at all: nothing can be sealed or opened with it.
  static Keyring none();

  Keyring(Keyring&&) noexcept;
  Keyring& operator=(Keyring&&) noexcept;
  ~Keyring();

  const std::string& primary_id() const; // empty: there is none
  std::vector<std::string> ids() const;  // the primary first
  bool has(std::string_view id) const;
  // 32 bytes; null: it is not loaded.
  const Secret* find(std::string_view id) const;

 private:
  struct Keys;
  explicit Keyring(std::unique_ptr<Keys> keys);
  std::unique_ptr<Keys> keys_;
};

// AUTH MASTER_KEY_MISSING: none is loaded, or not this one.
Error master_key_missing();
Error master_key_missing(const std::string& id);

// The line of a new key, and the id in a line.
Secret generate_key_line(Random& random);
Result<std::string> key_id_of(const Secret& line); // INVALID MASTER_KEY_MALFORMED

// The value of a variable, which is overwritten where it stood and removed: children do not inherit it, and
// /proc does not show it. For the start of a program, while it has one thread.
Secret take_from_environment(const std::string& name);

} // namespace circuit::credentials
