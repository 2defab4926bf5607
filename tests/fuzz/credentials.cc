// The first byte chooses: a key file, a sealed value as found on disk, a sealed value that was changed in one
// place, or the plaintext of a credential.

#include "ingest/credentials/cipher.h"
#include "ingest/credentials/credential_bytes.h"
#include "ingest/credentials/keyring.h"
#include "tests/fuzz/target.h"

namespace circuit::fuzz {
namespace {

using namespace credentials;

constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";
constexpr std::string_view kKeyId = "8 bytes.";
constexpr Context kContext{"credential", "connections/fuzz", {}, 7};

void check_key_file(std::string_view bytes) {
  std::vector<Secret> lines;
  lines.emplace_back(bytes);
  const auto keyring = Keyring::of(std::move(lines));
  if (!keyring) {
    require_clear(keyring.error());
    return require(keyring.error().reason == "MASTER_KEY_MALFORMED", "what is no key is malformed");
  }
  const auto id = key_id_of(Secret(bytes));
  require(id && *id == keyring->primary_id(), "a key has one id");
  require(bytes.find(*id) != std::string_view::npos, "the id is the one that the file says");
  require(keyring->find(*id) != nullptr && keyring->find(*id)->size() == 32, "a key has 32 bytes");
}

void check_found(std::string_view bytes) {
  const Cipher cipher;
  require(!cipher.open(kKeyId, kKey, kContext, bytes), "nobody writes a sealed value without the key");
  if (const auto id = Cipher::key_id(bytes))
    require(id->size() == Cipher::kIdBytes && bytes.size() >= Cipher::kOverheadBytes, "a key id is whole");
}

void check_changed(Input& in) {
  const Cipher cipher;
  SeededRandom random(in.byte());
  const std::string plaintext(in.take(in.byte()));
  const std::string sealed = cipher.seal(kKeyId, kKey, kContext, plaintext, random);
  const auto opened = cipher.open(kKeyId, kKey, kContext, sealed);
  require(opened && opened->reveal() == plaintext, "what was sealed is opened");
  std::string changed = sealed;
  const size_t at = (in.byte() << 8 | in.byte()) % (sealed.size() + 1);
  changed.replace(at, in.byte(), in.rest());
  require(changed == sealed || !cipher.open(kKeyId, kKey, kContext, changed),
          "what was changed is not opened");
  Context other = kContext;
  other.version = 8;
  require(!cipher.open(kKeyId, kKey, other, sealed), "what is another version's is not opened");
}

void check_credential(std::string_view bytes) {
  const auto credential = decode_credential(Secret(bytes));
  if (!credential) return;
  const Secret written = encode_credential(*credential);
  require(written.size() == bytes.size(), "nothing is read that is not written");
  const auto again = decode_credential(written);
  require(again.has_value(), "a credential that was written is read back");
  require(equal(encode_credential(*again), written), "the same credential has the same bytes");
}

} // namespace

void check_input(std::string_view input) {
  Input in(input);
  switch (in.byte() % 4) {
    case 0:
      return check_key_file(in.rest());
    case 1:
      return check_found(in.rest());
    case 2:
      return check_changed(in);
    default:
      return check_credential(in.rest());
  }
}

} // namespace circuit::fuzz
