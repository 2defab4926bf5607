// Sealing and opening a credential under a data key of its own, as the vault does it, against OpenSSL alone
// for the same bytes: AES-256-GCM of the data key and of the credential, and the random bytes of both. Each
// value has a context of its own there too, which is how OpenSSL wipes a key; the algorithm is looked up
// once.

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>
#include <stdexcept>

#include "ingest/credentials/vault.h"
#include "ingest/runtime/virtual_loop.h"
#include "ingest/state/memory_store.h"
#include "tests/bench/cases.h"

namespace circuit::bench {
namespace {

constexpr int kCredentials = 20'000;  // each round, sealed and opened
constexpr size_t kTokenBytes = 1'500; // such as a JWT has
constexpr size_t kRefreshTokenBytes = 500;

struct VaultBench {
  VirtualLoop loop;
  SystemRandom random;
  state::MemoryDisk disk;
  state::MemoryStore store{disk, loop, random};
  credentials::Secret line = credentials::generate_key_line(random);
  credentials::Keyring keyring = *credentials::Keyring::of(lines());
  credentials::Vault vault{store, keyring, random};
  credentials::Credential credential;

  VaultBench() {
    credential.secrets.emplace("access_token", credentials::Secret(std::string(kTokenBytes, 'a')));
    credential.secrets.emplace("refresh_token", credentials::Secret(std::string(kRefreshTokenBytes, 'r')));
  }
  std::vector<credentials::Secret> lines() const {
    std::vector<credentials::Secret> all;
    all.push_back(line.copy());
    return all;
  }
};

double seal_and_open(VaultBench& bench) {
  for (int i = 0; i < kCredentials; ++i) {
    circuit::feeds::state::v1::RevocationRecord record;
    if (!bench.vault.seal_apart(bench.credential, "connection", record) ||
        !bench.vault.open_apart(record, "connection"))
      throw std::runtime_error("the vault does not open what it sealed");
  }
  return kCredentials;
}

class BareGcm {
 public:
  using BareContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;
  static BareContext make_context() { return {EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free}; }

  void seal(const unsigned char* key, const unsigned char* in, int size, unsigned char* out) {
    int written = 0;
    const BareContext context = make_context();
    RAND_bytes(out, 12);
    EVP_EncryptInit_ex2(context.get(), cipher_.get(), key, out, nullptr);
    EVP_EncryptUpdate(context.get(), nullptr, &written, kContext, sizeof kContext);
    EVP_EncryptUpdate(context.get(), out + 12, &written, in, size);
    EVP_EncryptFinal_ex(context.get(), out + 12 + size, &written);
    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, 16, out + 12 + size);
  }
  void open(const unsigned char* key, unsigned char* in, int size, unsigned char* out) {
    int written = 0;
    const BareContext context = make_context();
    EVP_DecryptInit_ex2(context.get(), cipher_.get(), key, in, nullptr);
    EVP_DecryptUpdate(context.get(), nullptr, &written, kContext, sizeof kContext);
    EVP_DecryptUpdate(context.get(), out, &written, in + 12, size);
    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, 16, in + 12 + size);
    if (EVP_DecryptFinal_ex(context.get(), out + size, &written) != 1)
      throw std::runtime_error("OpenSSL does not open what it sealed");
  }

 private:
  static constexpr unsigned char kContext[64] = {};
  std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)> cipher_{
      EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr), EVP_CIPHER_free};
};

double bare_seal_and_open(BareGcm& gcm) {
  constexpr int kBytes = kTokenBytes + kRefreshTokenBytes + 50; // names and lengths
  unsigned char master[32] = {1};
  std::vector<unsigned char> plain(kBytes, 'a'), sealed(kBytes + 28), opened(kBytes + 16);
  unsigned char data_key[40], sealed_key[68], opened_key[56];
  for (int i = 0; i < kCredentials; ++i) {
    RAND_bytes(data_key, sizeof data_key);
    gcm.seal(master, data_key, sizeof data_key, sealed_key);
    gcm.seal(data_key + 8, plain.data(), kBytes, sealed.data());
    gcm.open(master, sealed_key, sizeof data_key, opened_key);
    gcm.open(opened_key + 8, sealed.data(), kBytes, opened.data());
  }
  return kCredentials;
}

} // namespace

std::vector<Case> vault_cases() {
  return {{"vault", [] {
             auto ours = std::make_shared<VaultBench>();
             auto bare = std::make_shared<BareGcm>();
             return Comparison{"vault", "credentials", 0.7, [ours] { return seal_and_open(*ours); },
                               [bare] { return bare_seal_and_open(*bare); }};
           }}};
}

} // namespace circuit::bench
