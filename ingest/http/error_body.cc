#include "ingest/http/error_body.h"

#include <utility>

namespace circuit::http {

Task<Response> with_error_body(Response response) {
  constexpr int kFirstError = 400;
  constexpr size_t kMost = 64 << 10;
  if (!response.stream || response.status < kFirstError) co_return response;
  while (response.body.size() < kMost) {
    auto piece = co_await response.stream->read();
    if (!piece || piece->empty()) break; // what it was an answer to counts, and that is known
    response.body.append(*piece, 0, kMost - response.body.size());
  }
  response.stream.reset();
  co_return response;
}

} // namespace circuit::http
