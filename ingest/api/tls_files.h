#pragma once
// PEM files of certificates and keys, checked before gRPC sees them: gRPC reports a bad file at the first
// handshake, and only in its log. Any thread; blocks for the time of reading small files.
//
// INVALID: TLS_FILE_UNREADABLE, TLS_FILE_INVALID, TLS_KEY_MISMATCH. Messages name files, never their content.

#include <string>

#include "ingest/runtime/result.h"

namespace circuit::api {

// The file's content, if it holds at least one certificate.
Result<std::string> read_certificates(const std::string& file);

struct Identity {
  std::string certificate_chain;
  std::string private_key;
};
// Both files' content, if the key is the first certificate's.
Result<Identity> read_identity(const std::string& certificate_file, const std::string& key_file);

} // namespace circuit::api
