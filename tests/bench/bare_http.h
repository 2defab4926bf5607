#pragma once
// What libcurl itself can do with a list of addresses: the ceiling of every sync that reads them.

#include <string>
#include <vector>

namespace circuit::bench {

struct Peer {
  std::string url, etag;
  std::vector<std::string> headers{}; // "Name: value"
};

// Fetches every address once, so many at a time, and drops the bodies; notes the ETags.
// Conditional: with the ETag that is noted. Throws std::runtime_error for an answer that is neither 200 nor
// 304.
void fetch_all(std::vector<Peer>& peers, bool conditional, int at_a_time = 64);

// One body.
std::string fetch(const std::string& url);

} // namespace circuit::bench
