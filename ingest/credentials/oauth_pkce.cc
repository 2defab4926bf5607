#include "ingest/credentials/oauth.h"
#include "ingest/credentials/web_encoding.h"
#include "ingest/runtime/digest.h"

namespace circuit::credentials {

Secret make_code_verifier(Random& random) {
  constexpr size_t kRandomBytes = 32;
  Secret bytes = Secret::of_size(kRandomBytes);
  random.fill(bytes.writable());
  std::string verifier;
  verifier.reserve(kRandomBytes * 4 / 3 + 4);
  append_base64url(verifier, bytes.reveal());
  return Secret::take(std::move(verifier));
}

std::string code_challenge(const Secret& verifier) { return base64url(sha256(verifier.reveal())); }

} // namespace circuit::credentials
