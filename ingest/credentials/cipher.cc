#include "ingest/credentials/cipher.h"

#include <array>
#include <cassert>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <new>

#include "ingest/state/key.h"

namespace circuit::credentials {
namespace {

constexpr char kSealedFormat = 1;
constexpr size_t kHeadBytes = 1 + Cipher::kIdBytes;

struct FreeContext {
  // Wipes the key schedule.
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

CipherContext make_cipher_context() {
  CipherContext context(EVP_CIPHER_CTX_new());
  if (!context) throw std::bad_alloc();
  return context;
}

unsigned char* octets(char* bytes) { return reinterpret_cast<unsigned char*>(bytes); }
const unsigned char* octets(const char* bytes) { return reinterpret_cast<const unsigned char*>(bytes); }

// Lengths are those of rows, far below.
int length(std::string_view bytes) {
  assert(bytes.size() <= INT_MAX);
  return static_cast<int>(bytes.size());
}

std::string authenticated(std::string_view head, const Context& context) {
  state::Key tuple;
  tuple.add(context.purpose).add(context.owner).add(context.kind).add(context.version);
  std::string all;
  all.reserve(head.size() + tuple.bytes().size());
  return all.append(head).append(tuple.bytes());
}

} // namespace

Cipher::Cipher() : algorithm_(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr)) {
  if (!algorithm_) std::abort(); // an OpenSSL without it: nothing can be kept
}

std::string Cipher::seal(std::string_view key_id, std::string_view key, const Context& context,
                         std::string_view plaintext, Random& random) const {
  assert(key_id.size() == kIdBytes && key.size() == 32);
  std::string sealed(kOverheadBytes + plaintext.size(), '\0');
  char* at = sealed.data();
  *at = kSealedFormat;
  std::memcpy(at + 1, key_id.data(), kIdBytes);
  char* nonce = at + kHeadBytes;
  random.fill(std::as_writable_bytes(std::span(nonce, kNonceBytes)));
  char* body = nonce + kNonceBytes;
  const std::string context_bytes = authenticated({at, kHeadBytes}, context);
  const CipherContext cipher = make_cipher_context();
  int written = 0;
  const bool done =
      EVP_EncryptInit_ex2(cipher.get(), algorithm_.get(), octets(key.data()), octets(nonce), nullptr) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &written, octets(context_bytes.data()),
                        length(context_bytes)) == 1 &&
      EVP_EncryptUpdate(cipher.get(), octets(body), &written, octets(plaintext.data()), length(plaintext)) ==
          1 &&
      EVP_EncryptFinal_ex(cipher.get(), octets(body) + plaintext.size(), &written) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, body + plaintext.size()) == 1;
  if (!done) std::abort(); // only without memory; what is half sealed must not be stored
  return sealed;
}

std::optional<Secret> Cipher::open(std::string_view key_id, std::string_view key, const Context& context,
                                   std::string_view sealed) const {
  const auto written_id = Cipher::key_id(sealed);
  if (!written_id || *written_id != key_id || key.size() != 32) return std::nullopt;
  const char* nonce = sealed.data() + kHeadBytes;
  const std::string_view body = sealed.substr(kHeadBytes + kNonceBytes, sealed.size() - kOverheadBytes);
  std::array<char, kTagBytes> tag; // OpenSSL wants it writable
  std::memcpy(tag.data(), sealed.data() + sealed.size() - kTagBytes, kTagBytes);
  const std::string context_bytes = authenticated(sealed.substr(0, kHeadBytes), context);
  Secret plaintext = Secret::of_size(body.size());
  unsigned char none = 0;
  auto* out = plaintext.empty() ? &none : reinterpret_cast<unsigned char*>(plaintext.writable().data());
  const CipherContext cipher = make_cipher_context();
  int written = 0;
  const bool authentic =
      EVP_DecryptInit_ex2(cipher.get(), algorithm_.get(), octets(key.data()), octets(nonce), nullptr) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &written, octets(context_bytes.data()),
                        length(context_bytes)) == 1 &&
      EVP_DecryptUpdate(cipher.get(), out, &written, octets(body.data()), length(body)) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), out + body.size(), &written) == 1;
  if (!authentic) return std::nullopt;
  return plaintext;
}

std::optional<std::string_view> Cipher::key_id(std::string_view sealed) {
  if (sealed.size() < kOverheadBytes || sealed.front() != kSealedFormat) return std::nullopt;
  return sealed.substr(1, kIdBytes);
}

} // namespace circuit::credentials
