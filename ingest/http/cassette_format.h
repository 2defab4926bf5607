#pragma once
// One line of a cassette. Private to this folder. Pure; any thread.

#include <string>
#include <string_view>

#include "ingest/http/message.h"

namespace circuit::http {

// What identifies a request on a cassette.
std::string cassette_key(const Request& request);

std::string write_exchange(const Request& request, const Response& response); // without the line's end

struct Exchange {
  std::string key;
  Response response;
};
// CORRUPT CASSETTE_UNREADABLE.
Result<Exchange> read_exchange(std::string_view line);

} // namespace circuit::http
