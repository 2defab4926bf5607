#pragma once
// What libcurl itself can do with a list of addresses: the ceiling of every sync that reads them.

#include <string>
#include <vector>

namespace circuit::bench {

struct Peer {
  std::string url;
  std::vector<std::string> headers{};  // "Name: value"
  std::string etag{}, last_modified{}; // that it answered with
};

// Fetches every address once, so many at a time, and drops the bodies; notes the validators.
// Conditional: with those that are noted. Throws std::runtime_error for an answer that is neither 200 nor
// 304, and where there are no validators.
void fetch_all(std::vector<Peer>& peers, bool conditional, int at_a_time = 64);

// One body.
std::string fetch(const std::string& url);

} // namespace circuit::bench
