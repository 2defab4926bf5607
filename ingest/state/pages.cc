#include "ingest/state/pages.h"

#include <algorithm>
#include <optional>

#include "ingest/runtime/digest.h"

namespace circuit::state {
namespace {

constexpr int32_t kDefaultPageSize = 100;
constexpr int32_t kMaxPageSize = 1000;
constexpr size_t kMarkBytes = 8;

std::optional<std::string> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
  };
  std::string out;
  for (size_t i = 0; i < hex.size(); i += 2) {
    const int high = digit(hex[i]), low = digit(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

// Ties a token to its list, and shows one that was cut. Nobody is kept from making one.
std::string mark(std::string_view list, std::string_view key) {
  std::string both(list);
  both += '\0';
  both += key;
  return sha256(both).substr(0, kMarkBytes);
}

std::optional<std::string> key_of(std::string_view list, const std::string& token) {
  if (token.empty()) return std::string();
  const auto bytes = from_hex(token);
  if (!bytes || bytes->size() <= kMarkBytes) return std::nullopt;
  std::string key = bytes->substr(kMarkBytes);
  if (!bytes->starts_with(mark(list, key))) return std::nullopt;
  return key;
}

} // namespace

Result<Page> read_page(std::string_view list, int32_t page_size, const std::string& page_token) {
  if (page_size < 0) {
    return make_error(ErrorClass::kInvalid, "PAGE_SIZE_NEGATIVE", "page_size is negative", "Use 0 to 1000.");
  }
  auto after = key_of(list, page_token);
  if (!after) {
    return make_error(
        ErrorClass::kInvalid, "PAGE_TOKEN_MALFORMED", "page_token is not one that this list returned",
        "Pass next_page_token as it was returned, with the same request otherwise, or leave it empty.");
  }
  const int32_t size = page_size == 0 ? kDefaultPageSize : std::min(page_size, kMaxPageSize);
  return Page{static_cast<size_t>(size), std::move(*after)};
}

std::string page_token_after(std::string_view list, std::string_view key) {
  return to_hex(mark(list, key) + std::string(key));
}

} // namespace circuit::state
