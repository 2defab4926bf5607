#pragma once
// HttpTransport over libcurl's multi interface, driven by a SystemLoop's own epoll set and timer. Keeps
// connections for the next request, speaks HTTP/2 where the server does, decompresses gzip, br, zstd and
// deflate (content_decoder.h), verifies certificates (TLS 1.2 or newer), and follows no redirects.
//
// AddressPolicy::kPublicOnly is enforced here: on each address before it is connected, and on the connection
// that each request is about to use, which an earlier request with another policy may have opened. Behind a
// proxy the addresses are the proxy's business; an address written into the URL is refused by EgressLayer all
// the same.
//
// One transport per loop. The loop must outlive it; a BodyStream may outlive it, and then ends. Requests
// under way when it is destroyed are closed, and the coroutines that wait for them are destroyed with them.

#include <memory>
#include <optional>
#include <string>

#include "ingest/http/transport.h"
#include "ingest/runtime/system_loop.h"

namespace circuit::http {

struct TransportOptions {
  std::string ca_file{}; // PEM; in place of the system's, when set
  std::string ca_dir{};  // hashed directory; in place of the system's, when set
  // "http://host:port", "https://...", "socks5h://...". Not set: from the environment (proxy.h). Empty: none.
  std::optional<std::string> proxy{};
  std::string user_agent = "circuit-feeds";
  int max_connections_per_host = 100; // further requests wait for a connection
  int max_connections = 1000;
  int max_idle_connections = 256;
  bool http2 = true;
};

class CurlPool;

class CurlTransport final : public HttpTransport {
 public:
  // INVALID CA_FILE_UNREADABLE, PROXY_MALFORMED.
  static Result<std::unique_ptr<CurlTransport>> create(SystemLoop& loop, TransportOptions options);
  ~CurlTransport() override;

  Task<Result<Response>> send(SharedRequest request) override;

 private:
  explicit CurlTransport(std::shared_ptr<CurlPool> pool);

  std::shared_ptr<CurlPool> pool_;
};

} // namespace circuit::http
