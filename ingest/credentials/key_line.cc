#include "ingest/credentials/key_line.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstring>

#include "ingest/credentials/keyring.h"
#include "ingest/runtime/digest.h"

namespace circuit::credentials {
namespace {

constexpr std::string_view kTag = "circuit-feeds-key-1";
constexpr size_t kIdDigits = 16;
constexpr size_t kBase64Digits = 44; // of 32 bytes, with one '='
constexpr size_t kLineSize = kTag.size() + 1 + kIdDigits + 1 + kBase64Digits;

unsigned char* bytes_of(Secret& secret) { return reinterpret_cast<unsigned char*>(secret.writable().data()); }
const unsigned char* bytes_of(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Error malformed(const std::string& source, const std::string& what) {
  return make_error(ErrorClass::kInvalid, "MASTER_KEY_MALFORMED", source + " is no master key: " + what,
                    "Put the file back as circuit-feeds keys generate made it: one line that begins with "
                    "circuit-feeds-key-1.")
      .with("source", source);
}

// With its closing zero, which OpenSSL writes.
Secret encode(const Secret& key) {
  Secret text = Secret::of_size(kBase64Digits + 1);
  EVP_EncodeBlock(bytes_of(text), bytes_of(key.reveal()), static_cast<int>(key.size()));
  return text;
}

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

} // namespace

std::string derive_key_id(std::string_view domain, const Secret& key) {
  Secret input = Secret::of_size(domain.size() + 1 + key.size());
  char* at = reinterpret_cast<char*>(input.writable().data());
  std::memcpy(at, domain.data(), domain.size());
  std::memcpy(at + domain.size() + 1, key.reveal().data(), key.size());
  return to_hex(sha256(input.reveal()).substr(0, kIdDigits / 2));
}

Result<MasterKey> read_key_line(const Secret& secret_line, const std::string& source) {
  std::string_view line = without_line_end(secret_line.reveal());
  if (line.size() != kLineSize || !line.starts_with(kTag) || line[kTag.size()] != ':')
    return malformed(source, "it is not one line of the form circuit-feeds-key-1:ID:KEY");
  line.remove_prefix(kTag.size() + 1);
  const std::string id(line.substr(0, kIdDigits));
  if (line[kIdDigits] != ':') return malformed(source, "a colon is missing after the id");
  line.remove_prefix(kIdDigits + 1);
  Secret decoded = Secret::of_size(kKeyBytes + 1); // the '=' comes out as one byte more
  if (EVP_DecodeBlock(bytes_of(decoded), bytes_of(line), static_cast<int>(line.size())) !=
      static_cast<int>(kKeyBytes + 1))
    return malformed(source, "the key is no base64 of 32 bytes");
  MasterKey key{id, Secret(decoded.reveal().substr(0, kKeyBytes))};
  // One key has one text: bits that base64 ignores, and another place of '=', are refused.
  const Secret again = encode(key.key);
  if (!equal(Secret(again.reveal().substr(0, kBase64Digits)), Secret(line)))
    return malformed(source, "the key is no base64 of 32 bytes");
  if (derive_key_id(kTag, key.key) != id)
    return malformed(source, "the id is not that of the key, so one of them was altered");
  return key;
}

Secret generate_key_line(Random& random) {
  Secret key = Secret::of_size(kKeyBytes);
  random.fill(key.writable());
  const std::string head = std::string(kTag) + ":" + derive_key_id(kTag, key) + ":";
  const Secret text = encode(key);
  Secret line = Secret::of_size(kLineSize + 1);
  char* at = reinterpret_cast<char*>(line.writable().data());
  at = std::ranges::copy(head, at).out;
  at = std::ranges::copy(text.reveal().substr(0, kBase64Digits), at).out;
  *at = '\n';
  return line;
}

Result<std::string> key_id_of(const Secret& line) {
  auto key = read_key_line(line, "The line");
  if (!key) return std::move(key).error();
  return key->id;
}

} // namespace circuit::credentials
