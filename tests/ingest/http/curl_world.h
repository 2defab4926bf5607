#pragma once
// A real loop and a real transport, for tests against test_server.h.

#include <boost/asio/cancellation_signal.hpp>
#include <exception>
#include <list>
#include <optional>

#include "ingest/http/curl_transport.h"
#include "tests/ingest/http/test_server.h"

namespace circuit::http {

struct CurlWorld {
  SystemLoop loop;
  std::unique_ptr<CurlTransport> transport;

  explicit CurlWorld(TransportOptions options = no_proxy());
  static TransportOptions no_proxy();

  struct Sent {
    std::optional<Result<Response>> result;
    bool ended = false; // also by cancellation
    std::exception_ptr error_thrown;
    boost::asio::cancellation_signal stop;

    int status() const { return result && *result ? (*result)->status : 0; }
    std::string reason() const { return result && !*result ? result->error().reason : ""; }
    const Error& error() const { return result->error(); }
    Response& response() { return **result; }
  };

  // To a private address, as everything here is.
  static Request get(const std::string& url);
  // Without waiting; the result is there once `ended`.
  Sent& start(Request request) { return start_through(*transport, std::move(request)); }
  Sent& send(Request request) { return send_through(*transport, std::move(request)); }
  Sent& start_through(HttpTransport& through, Request request);
  Sent& send_through(HttpTransport& through, Request request);
  // The next piece of a stream.
  Result<std::string> read(BodyStream& stream);
  // Turns the loop until it holds; false after 20 s.
  bool wait_for(const std::function<bool()>& condition);
  // Turns the loop for a while.
  void wait(Duration duration);

  std::list<Sent> all_sent;
};

} // namespace circuit::http
