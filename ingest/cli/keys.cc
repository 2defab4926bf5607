// circuit-feeds keys generate | list | rotate | retire

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "ingest/cli/commands.h"
#include "ingest/cli/exit_code.h"
#include "ingest/cli/output.h"
#include "ingest/cli/session.h"
#include "ingest/credentials/keyring.h"

namespace circuit::cli {

namespace v1 = circuit::feeds::v1;

namespace {

constexpr Duration kRotationPoll = std::chrono::milliseconds(200);

struct KeysFlags {
  ConnectionOptions connection;
  std::string id;
  bool no_wait = false;
};
using SharedKeysFlags = std::shared_ptr<KeysFlags>;

int report_key_error(const Error& error, bool json) {
  print_error(error, json);
  return exit_code_of(error);
}

Error cannot_write(const std::string& path, int code) {
  if (code == EEXIST) {
    return make_error(ErrorClass::kConflict, "KEY_FILE_EXISTS", "There is a file " + path + " already",
                      "Name a new file: a key that is overwritten takes with it all that it sealed.");
  }
  return make_error(ErrorClass::kPermission, "KEY_FILE_NOT_WRITTEN",
                    "The key file " + path + " cannot be written: " + std::strerror(code),
                    "Name a file in a folder where this user may write.");
}

// Readable for its owner alone from the first moment, whole and durable before it is reported.
Result<void> write_key_file(const std::string& path, const credentials::Secret& line) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return cannot_write(path, errno);
  const auto bytes = line.reveal();
  const bool written =
      ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) && ::fsync(file) == 0;
  const int code = errno;
  ::close(file);
  if (written) return {};
  ::unlink(path.c_str());
  return cannot_write(path, code);
}

int generate_key(const std::string& path, bool json) {
  SystemRandom random;
  const auto line = credentials::generate_key_line(random);
  if (auto written = write_key_file(path, line); !written) return report_key_error(written.error(), json);
  const std::string id = *credentials::key_id_of(line);
  if (json) {
    std::printf("{\"id\":%s,\"file\":%s}\n", json_string(id).c_str(), json_string(path).c_str());
  } else {
    std::printf("%s\n", id.c_str());
    std::fprintf(stderr,
                 "Wrote %s. Start the worker with --master-key %s, and keep a copy apart from its data\n"
                 "directory: without the key every connection has to be made anew.\n",
                 printable(path).c_str(), printable(path).c_str());
  }
  return kDone;
}

void show_keys(const v1::ListKeysResponse& keys, bool json) {
  if (json) return print_json(keys);
  std::vector<std::vector<std::string>> rows = {{"KEY", "SEALED", "STATE"}};
  for (const auto& key : keys.keys()) {
    const char* state = key.primary() ? "primary" : key.loaded() ? "loaded" : "not loaded";
    rows.push_back({key.id(), show_count(key.sealed()), state});
  }
  print_table(rows);
  if (keys.unreadable() > 0)
    std::fprintf(stderr, "%s data keys contradict themselves and cannot be opened by any key.\n",
                 show_count(keys.unreadable()).c_str());
  if (keys.rotating()) std::fprintf(stderr, "A rotation is under way.\n");
}

Task<int> list_keys(Session& session, const KeysFlags& flags) {
  auto asking = session.control.list_keys(v1::ListKeysRequest());
  const auto keys = co_await std::move(asking);
  if (!keys) co_return report_key_error(keys.error(), flags.connection.json);
  show_keys(*keys, flags.connection.json);
  co_return kDone;
}

// That the primary key does not seal, though its own key is there.
int64_t left_to_rotate(const v1::ListKeysResponse& keys) {
  int64_t left = 0;
  for (const auto& key : keys.keys()) {
    if (!key.primary() && key.loaded()) left += key.sealed();
  }
  return left;
}

Task<int> rotate_keys(Session& session, const KeysFlags& flags) {
  auto beginning = session.control.rotate_keys(v1::RotateKeysRequest());
  auto keys = co_await std::move(beginning);
  // In this process nobody else would go on with it.
  const bool wait = !flags.no_wait || !session.remote;
  while (keys && keys->rotating() && wait) {
    if (!flags.connection.json && is_terminal(stderr))
      std::fprintf(stderr, "\r%s left ", show_count(left_to_rotate(*keys)).c_str());
    co_await session.loop.clock().sleep_for(kRotationPoll);
    auto asking = session.control.list_keys(v1::ListKeysRequest());
    keys = co_await std::move(asking);
  }
  if (!keys) co_return report_key_error(keys.error(), flags.connection.json);
  if (!flags.connection.json && is_terminal(stderr)) std::fprintf(stderr, "\r");
  show_keys(*keys, flags.connection.json);
  if (keys->rotating()) co_return kDone;
  // What is left are revocations under way, and rows that were reported.
  co_return left_to_rotate(*keys) == 0 ? kDone : kPartly;
}

Result<void> may_be_retired(const v1::ListKeysResponse& keys, const std::string& id) {
  for (const auto& key : keys.keys()) {
    if (key.id() != id) continue;
    if (key.primary()) {
      return make_error(ErrorClass::kConflict, "MASTER_KEY_IN_USE",
                        "The master key " + id + " is the primary one",
                        "Make another one primary: name it first, restart the worker, and rotate.")
          .with("master_key_id", id);
    }
    if (key.sealed() > 0) {
      return make_error(
                 ErrorClass::kConflict, "MASTER_KEY_IN_USE",
                 "The master key " + id + " seals " + std::to_string(key.sealed()) + " data keys still",
                 "Run circuit-feeds keys rotate. Those of revocations under way go within three days; "
                 "circuit-feeds keys list counts what is left.")
          .with("master_key_id", id)
          .with("sealed", std::to_string(key.sealed()));
    }
    return {};
  }
  return make_error(ErrorClass::kNotFound, "MASTER_KEY_UNKNOWN",
                    "No master key " + id + " is loaded, and nothing is sealed by it",
                    "circuit-feeds keys list shows those that are.")
      .with("master_key_id", id);
}

Task<int> retire_key(Session& session, const KeysFlags& flags) {
  auto asking = session.control.list_keys(v1::ListKeysRequest());
  const auto keys = co_await std::move(asking);
  if (!keys) co_return report_key_error(keys.error(), flags.connection.json);
  const auto allowed = may_be_retired(*keys, flags.id);
  if (!allowed) co_return report_key_error(allowed.error(), flags.connection.json);
  if (flags.connection.json) {
    std::printf("{\"id\":%s,\"retired\":true}\n", json_string(flags.id).c_str());
  } else {
    std::printf(
        "Nothing is sealed by %s. Name its file no longer, restart the worker, and keep or destroy it:\n"
        "backups of the data directory that are older need it.\n",
        flags.id.c_str());
  }
  co_return kDone;
}

using KeysCoroutine = Task<int> (*)(Session&, const KeysFlags&);

void finish_keys_command(Command& command, const SharedKeysFlags& flags, KeysCoroutine coroutine) {
  add_connection_flags(command, flags->connection);
  command.action([flags, coroutine] {
    SessionOptions options;
    options.connection = flags->connection;
    return run_session(options, [&](Session& session) { return coroutine(session, *flags); });
  });
}

} // namespace

void add_keys(Command& parent) {
  auto keys = parent.command("keys", "Makes and rotates the master keys that seal stored credentials.");

  struct GenerateFlags {
    std::string out;
    bool json = false;
  };
  const auto generating = std::make_shared<GenerateFlags>();
  keys.command("generate", "Makes a new master key and prints its id.")
      .required_text("--out", generating->out, "FILE", "Where to; a file that exists is never overwritten.")
      .flag("--json", generating->json, "Print JSON, one object a line.")
      .action([generating] { return generate_key(generating->out, generating->json); });

  const auto listing = std::make_shared<KeysFlags>();
  auto list = keys.command("list", "Lists master keys, and how many data keys each seals.");
  finish_keys_command(list, listing, list_keys);

  const auto rotating = std::make_shared<KeysFlags>();
  auto rotate = keys.command("rotate", "Seals under the primary key what other loaded keys seal.");
  rotate.flag("--no-wait", rotating->no_wait, "With --server: do not wait for the end.")
      .epilogue(
          "A worker does this by itself when it starts with a new primary key. It can be interrupted at any\n"
          "time and goes on with what is left.");
  finish_keys_command(rotate, rotating, rotate_keys);

  const auto retiring = std::make_shared<KeysFlags>();
  auto retire =
      keys.command("retire", "Says whether a master key may be taken away: nothing is sealed by it.");
  retire.argument("id", retiring->id, "As `keys list` prints it.");
  finish_keys_command(retire, retiring, retire_key);
}

} // namespace circuit::cli
