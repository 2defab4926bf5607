#include "ingest/credentials/keyring.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "ingest/credentials/key_line.h"

namespace circuit::credentials {
namespace {

namespace fs = std::filesystem;

constexpr size_t kFileBytesMax = 4096; // a key line has 82
constexpr mode_t kOthers = 0077;
constexpr mode_t kOthersOfMounted = 0037; // the group may read

Error unreadable(const fs::path& path, int code) {
  if (code == ENOENT || code == ENOTDIR) {
    return make_error(ErrorClass::kNotFound, "MASTER_KEY_FILE_MISSING",
                      "There is no master key file " + path.string(),
                      "Name the file that holds the key, or make a new key with circuit-feeds keys generate "
                      "--out FILE.")
        .with("path", path.string());
  }
  return make_error(ErrorClass::kPermission, "MASTER_KEY_FILE_UNREADABLE",
                    "The master key file " + path.string() + " cannot be read: " + std::strerror(code),
                    "Make it readable for the user that the worker runs as, and for nobody else.")
      .with("path", path.string());
}

Error exposed(const fs::path& path, mode_t mode) {
  char digits[8];
  std::snprintf(digits, sizeof digits, "%04o", mode & 07777U);
  return make_error(ErrorClass::kPermission, "MASTER_KEY_FILE_EXPOSED",
                    "The master key file " + path.string() + " has mode " + digits +
                        ", so others than its owner can use it",
                    "chmod 600 " + path.string() + "; if somebody may have read it, rotate to a new key.")
      .with("path", path.string())
      .with("mode", digits);
}

Error ambiguous(const fs::path& path, const std::string& what) {
  return make_error(ErrorClass::kInvalid, "MASTER_KEY_AMBIGUOUS", path.string() + " " + what,
                    "Put the name of one of the key files, or the id of its key, into the file primary "
                    "there, or remove that file: then the key last by name is primary.")
      .with("path", path.string());
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }

 private:
  const int number_;
};

// Looks at the file that was opened, so that nobody can put another one in its place in between.
Result<Secret> read_guarded(const fs::path& path, mode_t forbidden) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)); // a FIFO must not block
  if (file.get() < 0) return unreadable(path, errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return unreadable(path, errno);
  if (!S_ISREG(status.st_mode)) return unreadable(path, EISDIR);
  if ((status.st_mode & forbidden) != 0) return exposed(path, status.st_mode);
  Secret buffer = Secret::of_size(kFileBytesMax);
  size_t size = 0;
  while (size < kFileBytesMax) {
    const ssize_t got = ::read(file.get(), buffer.writable().data() + size, kFileBytesMax - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable(path, errno);
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  return Secret(buffer.reveal().substr(0, size));
}

Result<MasterKey> read_key_file(const fs::path& path, mode_t forbidden) {
  auto line = read_guarded(path, forbidden);
  if (!line) return std::move(line).error();
  return read_key_line(*line, "The file " + path.string());
}

Result<std::vector<MasterKey>> read_directory(const fs::path& path) {
  std::error_code code;
  std::vector<std::string> names;
  bool mounted = false;
  bool has_primary = false;
  for (fs::directory_iterator entry(path, code), end; !code && entry != end; entry.increment(code)) {
    const std::string name = entry->path().filename().string();
    if (name == "..data") mounted = true;
    if (name == "primary") has_primary = true;
    if (!name.starts_with('.') && name != "primary") names.push_back(name);
  }
  if (code) return unreadable(path, code.value());
  if (names.empty()) return unreadable(path / "*", ENOENT);
  std::ranges::sort(names, std::greater());
  const mode_t forbidden = mounted ? kOthersOfMounted : kOthers;
  std::vector<MasterKey> keys;
  for (const auto& name : names) {
    auto key = read_key_file(path / name, forbidden);
    if (!key) return std::move(key).error();
    keys.push_back(*std::move(key));
  }
  if (!has_primary) return keys;
  auto text = read_guarded(path / "primary", 0); // it is no secret
  if (!text) return std::move(text).error();
  std::string wanted(text->reveal());
  while (!wanted.empty() && std::strchr(" \t\r\n", wanted.back()) != nullptr) wanted.pop_back();
  for (size_t i = 0; i < keys.size(); ++i) {
    if (wanted != names[i] && wanted != keys[i].id) continue;
    std::rotate(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(i),
                keys.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    return keys;
  }
  return ambiguous(path, "has a file primary that names none of its keys");
}

} // namespace

struct Keyring::Keys {
  std::vector<MasterKey> all; // the primary first
  std::string none;

  void add(MasterKey key) {
    const bool known = std::ranges::any_of(all, [&](const auto& other) { return other.id == key.id; });
    if (!known) all.push_back(std::move(key));
  }
};

Keyring::Keyring(std::unique_ptr<Keys> keys) : keys_(std::move(keys)) {}
Keyring::Keyring(Keyring&&) noexcept = default;
Keyring& Keyring::operator=(Keyring&&) noexcept = default;
Keyring::~Keyring() = default;

Keyring Keyring::none() { return Keyring(std::make_unique<Keys>()); }

Result<Keyring> Keyring::of(std::vector<Secret> lines) {
  auto keys = std::make_unique<Keys>();
  for (const auto& line : lines) {
    auto key = read_key_line(line, "The line");
    if (!key) return std::move(key).error();
    keys->add(*std::move(key));
  }
  return Keyring(std::move(keys));
}

Result<Keyring> Keyring::load(const KeySources& sources) {
  if (sources.paths.empty() && sources.inline_key.empty()) return master_key_missing();
  auto keys = std::make_unique<Keys>();
  for (const auto& path : sources.paths) {
    std::error_code ignored; // what cannot be looked at is told when it is opened
    if (fs::is_directory(path, ignored)) {
      auto found = read_directory(path);
      if (!found) return std::move(found).error();
      for (auto& key : *found) keys->add(std::move(key));
    } else {
      auto key = read_key_file(path, kOthers);
      if (!key) return std::move(key).error();
      keys->add(*std::move(key));
    }
  }
  if (!sources.inline_key.empty()) {
    auto key = read_key_line(sources.inline_key, "CIRCUIT_FEEDS_MASTER_KEY");
    if (!key) return std::move(key).error();
    keys->add(*std::move(key));
  }
  return Keyring(std::move(keys));
}

const std::string& Keyring::primary_id() const {
  return keys_->all.empty() ? keys_->none : keys_->all.front().id;
}

std::vector<std::string> Keyring::ids() const {
  std::vector<std::string> ids;
  for (const auto& key : keys_->all) ids.push_back(key.id);
  return ids;
}

bool Keyring::has(std::string_view id) const { return find(id) != nullptr; }

const Secret* Keyring::find(std::string_view id) const {
  const auto found = std::ranges::find(keys_->all, id, &MasterKey::id);
  return found == keys_->all.end() ? nullptr : &found->key;
}

Error master_key_missing() {
  return make_error(ErrorClass::kAuth, "MASTER_KEY_MISSING",
                    "There is no master key, and credentials are stored in no other way than sealed by one",
                    "Make one with circuit-feeds keys generate --out FILE, and start the worker with "
                    "--master-key FILE.");
}

Error master_key_missing(const std::string& id) {
  return make_error(ErrorClass::kAuth, "MASTER_KEY_MISSING",
                    "The master key " + id + " is not loaded, and stored credentials are sealed by it",
                    "Start the worker with that key too: --master-key FILE, once for each key.")
      .with("master_key_id", id);
}

Secret take_from_environment(const std::string& name) {
  char* value = std::getenv(name.c_str());
  if (value == nullptr) return {};
  Secret secret{std::string_view(value)};
  OPENSSL_cleanse(value, secret.size());
  ::unsetenv(name.c_str());
  return secret;
}

} // namespace circuit::credentials
