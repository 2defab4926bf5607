#pragma once
// What the files of the vault share. Private to it.

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ingest/credentials/cipher.h"
#include "ingest/credentials/vault.h"

namespace circuit::credentials {

struct Vault::Parts {
  Cipher cipher;
  // Rows of data keys that were made here and that the store may not show yet; nullopt: destroyed.
  std::map<std::string, std::optional<std::string>, std::less<>> made;
  // Whoever has read data keys and not decided yet. While there is one besides oneself, nothing is taken out
  // of `made`: what the other one has read may be older.
  size_t readers = 0;
};

struct Vault::Reading {
  explicit Reading(std::shared_ptr<Parts> parts) : parts_(std::move(parts)) { ++parts_->readers; }
  ~Reading() { --parts_->readers; }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  bool alone() const { return parts_->readers == 1; }

 private:
  const std::shared_ptr<Parts> parts_; // frames of coroutines may go after the vault
};

struct Vault::DataKey {
  static constexpr size_t kBytes = Cipher::kIdBytes + 32;

  Secret bytes; // id and key, random: as they are sealed
  std::string_view id() const { return bytes.reveal().substr(0, Cipher::kIdBytes); }
  std::string_view key() const { return bytes.reveal().substr(Cipher::kIdBytes); }
  static DataKey make(Random& random) {
    DataKey made{Secret::of_size(kBytes)};
    random.fill(made.bytes.writable());
    return made;
  }
};

inline constexpr std::string_view kDataKeyPurpose = "data-key";
inline constexpr std::string_view kRevocationKeyPurpose = "revocation-key";

// A master key's id as it stands in sealed bytes; empty: it is none.
std::string binary_key_id(std::string_view hexadecimal);

Error credential_tampered(const std::string& owner, const std::string& what);

} // namespace circuit::credentials
