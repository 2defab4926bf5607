#pragma once
// A URL as libcurl reads it, asked for directly and not through the code under test. Pure.

#include <optional>
#include <string>

namespace circuit::fuzz {

struct CurlView {
  std::string scheme, host, port, user, password; // as written, but for the host, which is decoded
};

// nullopt where libcurl would not request it.
std::optional<CurlView> curl_view(const std::string& url);

// Lower case scheme, host and port, for comparing.
std::string curl_origin(const CurlView& view);

} // namespace circuit::fuzz
