#pragma once
// All pages of a list, one page at a time, so that a long list is shown as it comes.

#include <string>

#include "ingest/api/control.h"

namespace circuit::cli {

inline constexpr int kListPage = 500;

// `list(token)` gives the Answer with the page at that token; `show(response)` is called for each. Both
// outlive the call.
template <class List, class Show>
Task<Result<void>> for_each_page(List& list, Show& show) {
  std::string token;
  do {
    auto answer = list(token);
    auto page = co_await std::move(answer);
    if (!page) co_return std::move(page).error();
    show(*page);
    token = page->next_page_token();
  } while (!token.empty());
  co_return Result<void>();
}

} // namespace circuit::cli
