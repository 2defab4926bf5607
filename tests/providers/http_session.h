#pragma once
// One connection of a ProviderServer. Private to this folder; used on the server's thread alone. Lives as
// long as something is awaited on it.

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <memory>
#include <optional>
#include <string>

#include "tests/providers/serve.h"

namespace circuit::providers {

class HttpSession final : public std::enable_shared_from_this<HttpSession> {
 public:
  // All must outlive the session.
  HttpSession(boost::asio::ip::tcp::socket socket, SimulatedProvider& provider, const ServerOptions& options,
              std::atomic<uint64_t>& open_connections);
  ~HttpSession();
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  void read_request();

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

  void answer();
  SimRequest take_request();
  void send_response();
  void write_head();
  void send_whole_body();
  void send_slowly(size_t from);
  void send_next_piece();
  void finished();
  void reset();
  size_t body_bytes_to_send() const;

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  SimulatedProvider& provider_;
  const ServerOptions& options_;
  std::atomic<uint64_t>& open_connections_;

  boost::beast::flat_buffer input_;
  std::optional<Parser> parser_;
  bool head_request_ = false;
  bool keep_alive_ = false;
  bool chunked_ = false;
  SimResponse response_;
  std::string head_, piece_;
};

} // namespace circuit::providers
