#pragma once
// A secret: bytes that cannot be printed, logged, compared by accident, copied by accident, or serialized
// into a message, and that are wiped when they are let go. Redaction is by this type: whatever is not a
// Secret may appear in a log.
//
// Moving leaves the source empty and wiped. A copy is asked for by name. reveal() is for the few places that
// hand a secret to the wire or to a cipher; each is a place to review. Any thread, as any value.
//
// Where reserve_secret_memory() was called, secrets live in OpenSSL's secure heap: locked in memory, left out
// of core dumps, between guard pages. What does not fit is kept on the ordinary heap, and wiped all the same.

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace circuit::credentials {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view bytes);
  // Takes the bytes over and wipes the source.
  static Secret take(std::string&& bytes);
  static Secret of_size(size_t size); // zeros, to be filled through writable()

  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  Secret copy() const;
  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  std::string_view reveal() const { return {data_, size_}; }
  std::span<std::byte> writable() { return {reinterpret_cast<std::byte*>(data_), size_}; }
  void wipe();

  // In constant time.
  friend bool equal(const Secret& a, const Secret& b);

 private:
  // Not a std::string: short ones live inside the object, and moving those leaves a copy behind.
  char* data_ = nullptr;
  size_t size_ = 0;
};

bool equal(const Secret& a, const Secret& b);

// Once, before the first secret is made, by the program. False: this system does not let memory be locked, so
// secrets may be swapped out; they are left out of core dumps all the same.
bool reserve_secret_memory();

// Overwrites what a string held and empties it; for secrets that passed through a library's string.
void wipe(std::string& bytes);

// A credential: secrets by name ("token", "key", "access_token", "refresh_token", "client_secret", ...), with
// what belongs to them and is not secret (token type, expiry as RFC 3339).
struct Credential {
  std::map<std::string, Secret, std::less<>> secrets;
  std::map<std::string, std::string, std::less<>> attributes;

  const Secret* find(std::string_view name) const;
  std::string_view attribute(std::string_view name) const; // empty: there is none
  Credential copy() const;
};

} // namespace circuit::credentials
