#pragma once
// What libcurl itself can do with pages of which each names the next: one after another, over one connection.

#include <functional>
#include <string>
#include <vector>

namespace circuit::bench {

// Fetches `url`, then what `next` makes of each body, until it is empty. `header`: "Authorization: Bearer
// ...". The addresses, in order; `bytes`: of the bodies. Throws std::runtime_error for an answer that is not
// 200.
std::vector<std::string> fetch_pages(const std::string& url, const std::string& header,
                                     const std::function<std::string(const std::string& body)>& next);

} // namespace circuit::bench
