#pragma once
// Pages of a list, as a resource-oriented API cuts them. Pure functions; any thread.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ingest/runtime/result.h"

namespace circuit::state {

struct Page {
  size_t size;
  std::string after; // a store key, or empty
};
// INVALID PAGE_SIZE_NEGATIVE, PAGE_TOKEN_MALFORMED. 0: 100 rows; at most 1000.
Result<Page> read_page(int32_t page_size, const std::string& page_token);
std::string page_token_after(std::string_view key);

} // namespace circuit::state
