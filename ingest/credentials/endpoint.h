#pragma once
// Requests to the endpoints of authorization servers: encrypted, to that host alone, within a deadline, and
// not to one that has asked for patience. Private to this box; on one loop.

#include <string>
#include <unordered_map>

#include "ingest/http/transport.h"
#include "ingest/runtime/loop.h"

namespace circuit::credentials {

class Endpoints {
 public:
  Endpoints(http::HttpTransport& http, Loop& loop, bool allow_private)
      : http_(http), loop_(loop), allow_private_(allow_private) {}

  // One exchange. Besides the transport's errors: INVALID URL_SCHEME_REFUSED (not https); TRANSIENT TIMEOUT
  // after `deadline`, when it may have taken place.
  Task<Result<http::Response>> send(http::Request request, std::string connection, Duration deadline);

  // No exchange with the host of this URL before that time.
  void park(const std::string& url, SystemTime until);
  std::optional<SystemTime> parked_until(const std::string& url);

 private:
  http::HttpTransport& http_;
  Loop& loop_;
  bool allow_private_;
  std::unordered_map<std::string, SystemTime> parked_; // by host
};

// Whether a credential may be sent there: https, or a loopback address where that is allowed.
bool is_confidential(const std::string& scheme, const std::string& host, bool allow_private);

} // namespace circuit::credentials
