#pragma once
// The gzip coding (RFC 1952). Pure functions; any thread.

#include <optional>
#include <string>
#include <string_view>

namespace circuit::providers {

std::string gzip(std::string_view bytes);

enum class GunzipEnd { kWhole, kTruncated, kInvalid, kTooLarge };
struct Gunzipped {
  std::string bytes; // what could be decoded
  GunzipEnd end;
};
Gunzipped gunzip(std::string_view bytes, size_t max_bytes);

} // namespace circuit::providers
