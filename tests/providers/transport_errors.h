#pragma once
// The errors of ingest/http/transport.h, as the simulated transport meets them. Private to this folder. Pure.

#include <string>

#include "ingest/runtime/error.h"

namespace circuit::providers {

Error url_malformed(const std::string& url);
Error url_scheme_refused(const std::string& url);
Error dns_failed(const std::string& url);
Error connect_failed(const std::string& url);
Error connection_reset(const std::string& url);
Error body_truncated(const std::string& url);
Error coding_truncated(const std::string& url); // though all came that was announced
Error body_too_large(const std::string& url, uint64_t max_bytes);
Error bad_encoding(const std::string& url);
Error timed_out(const std::string& url);

} // namespace circuit::providers
