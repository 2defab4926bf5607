#pragma once
// Whether a request is signed as the service wants it ("Authorize with Shared Key"), worked out from what
// arrived and without the code that signs. Pure; any thread.

#include <string>

#include "tests/providers/simulated_provider.h"

namespace circuit::providers::azure_blob {

// The value that the Authorization header has to have. `key` is the decoded key.
std::string expected_authorization(const SimRequest& request, const std::string& account,
                                   const std::string& key);

std::string decode_base64(const std::string& text);
std::string encode_base64(const std::string& bytes);
std::string md5_base64(const std::string& bytes);
std::string percent_decode(const std::string& text);

} // namespace circuit::providers::azure_blob
