#pragma once
// A credential as bytes, the plaintext of its row. docs/credential-format.md. Pure functions; any thread.

#include <optional>

#include "ingest/credentials/secret.h"

namespace circuit::credentials {

// The same credential gives the same bytes.
Secret encode_credential(const Credential& credential);
// nullopt: these are no such bytes, or a newer program's.
std::optional<Credential> decode_credential(const Secret& bytes);

} // namespace circuit::credentials
