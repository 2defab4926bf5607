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
// `list` is what is listed, with what it is listed of: "syncs feeds/news". A token says where to go on in
// that list and no other: there it could only skip what the caller wants to see. INVALID PAGE_SIZE_NEGATIVE,
// PAGE_TOKEN_MALFORMED. 0: 100 rows; at most 1000.
Result<Page> read_page(std::string_view list, int32_t page_size, const std::string& page_token);
std::string page_token_after(std::string_view list, std::string_view key);

} // namespace circuit::state
