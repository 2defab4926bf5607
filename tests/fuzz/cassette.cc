// A first byte of '{' begins a line of a cassette. Otherwise an exchange is made of the lines of the input
// (method, URL, header value, response URL, then the body) and has to come back from the line that is
// written.

#include "ingest/http/cassette_format.h"

#include "tests/fuzz/target.h"

namespace circuit::fuzz {
namespace {

void check_line(std::string_view line) {
  const auto exchange = http::read_exchange(line);
  if (exchange) return;
  require_clear(exchange.error());
  require(exchange.error().cls == ErrorClass::kCorrupt, "a line that is no exchange is CORRUPT",
          exchange.error().reason);
  require(exchange.error().reason == "CASSETTE_UNREADABLE", "and is named so", exchange.error().reason);
}

void check_exchange(std::string_view input) {
  Input in(input);
  http::Request request;
  http::Response response;
  response.status = 200 + static_cast<int>(in.byte());
  request.method = in.line();
  request.url = in.line();
  const std::string value(in.line());
  request.headers.add("If-None-Match", value);
  request.headers.add("Authorization", "Bearer hunter2hunter2");
  response.headers.add("ETag", value);
  response.headers.add("Set-Cookie", "session=hunter2hunter2");
  response.url = in.line();
  response.body = in.rest();
  request.body = response.body;

  const std::string line = http::write_exchange(request, response);
  require(line.find('\n') == std::string::npos, "an exchange is one line", line);
  require(input.find("hunter2") != std::string_view::npos || line.find("hunter2") == std::string::npos,
          "credentials are not written", line);
  const auto exchange = http::read_exchange(line);
  require(exchange.ok(), "an exchange that was written is read back", line);
  require(exchange->key == http::cassette_key(request), "a request is found again", line);
  require(exchange->response.status == response.status, "its status is the same", line);
  require(exchange->response.body == response.body, "its body is the same", line);
  require(exchange->response.headers.get("etag") == value, "its headers are the same", line);
}

} // namespace

void check_input(std::string_view input) {
  if (input.starts_with('{')) return check_line(input);
  check_exchange(input);
}

} // namespace circuit::fuzz
