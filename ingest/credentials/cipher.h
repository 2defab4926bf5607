#pragma once
// AES-256-GCM over a value, with what it belongs to authenticated beside it. docs/credential-format.md.
//
//   format (1 byte) = 1 | key id (8) | nonce (12), random | ciphertext | tag (16)
//
// What is authenticated and not stored: format, key id, and a Context. Immutable; any thread.

#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ingest/credentials/secret.h"
#include "ingest/runtime/random.h"

namespace circuit::credentials {

// Whose value it is: two that differ in any part cannot stand for each other.
struct Context {
  std::string_view purpose; // "credential", "data-key", ...
  std::string_view owner;   // the connection, or the id of a revocation
  std::string_view kind;    // of a value: what it is
  int64_t version = 0;
};

class Cipher {
 public:
  static constexpr size_t kIdBytes = 8;
  static constexpr size_t kNonceBytes = 12;
  static constexpr size_t kTagBytes = 16;
  static constexpr size_t kOverheadBytes = 1 + kIdBytes + kNonceBytes + kTagBytes;

  Cipher();

  // Keys have 32 bytes.
  std::string seal(std::string_view key_id, std::string_view key, const Context& context,
                   std::string_view plaintext, Random& random) const;
  // nullopt: something of it, or of its context, is not what was sealed.
  std::optional<Secret> open(std::string_view key_id, std::string_view key, const Context& context,
                             std::string_view sealed) const;
  // Of the key that it says it was sealed with; nullopt: it is no sealed value.
  static std::optional<std::string_view> key_id(std::string_view sealed);

 private:
  struct Free {
    void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
  };
  std::unique_ptr<EVP_CIPHER, Free> algorithm_; // looked up once: that is half the cost of a small value
};

} // namespace circuit::credentials
