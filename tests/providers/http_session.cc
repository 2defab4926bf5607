#include "tests/providers/http_session.h"

#include <algorithm>
#include <array>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <charconv>

#include "ingest/runtime/system_loop.h"

namespace circuit::providers {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr auto kSlowPause = std::chrono::milliseconds(50);

std::string host_of(std::string_view authority) {
  const size_t bracket = authority.find(']'); // of an IPv6 address
  const size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  std::string host(authority.substr(0, colon));
  for (char& c : host) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return host;
}

bool may_have_body(int status) { return status >= 200 && status != 204 && status != 304; }

std::string chunk_of(const std::string& piece) {
  char size[16];
  const auto end = std::to_chars(size, size + sizeof size, piece.size(), 16).ptr;
  std::string chunk(size, end);
  chunk.append("\r\n").append(piece).append("\r\n");
  return chunk;
}

} // namespace

HttpSession::HttpSession(asio::ip::tcp::socket socket, SimulatedProvider& provider,
                         const ServerOptions& options, std::atomic<uint64_t>& open_connections)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      provider_(provider),
      options_(options),
      open_connections_(open_connections) {
  ++open_connections_;
}

HttpSession::~HttpSession() { --open_connections_; }

void HttpSession::read_request() {
  parser_.emplace();
  parser_->body_limit(options_.request_bytes_max);
  http::async_read(socket_, input_, *parser_, [self = shared_from_this()](error_code error, size_t) {
    if (!error) self->answer(); // else the client has gone, or does not speak HTTP: the connection ends here
  });
}

SimRequest HttpSession::take_request() {
  auto& message = parser_->get();
  SimRequest request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  const size_t scheme = request.target.find("://"); // absolute form, as proxies get it
  if (!request.target.starts_with('/') && scheme != std::string::npos) {
    const size_t path = request.target.find('/', scheme + 3);
    request.target = path == std::string::npos ? "/" : request.target.substr(path);
  }
  for (const auto& field : message) {
    request.fields.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  request.host = host_of(message[http::field::host]);
  request.body = std::move(message.body());
  return request;
}

void HttpSession::answer() {
  head_request_ = parser_->get().method() == http::verb::head;
  keep_alive_ = parser_->keep_alive();
  chunked_ = parser_->get().version() >= 11;
  response_ = provider_.respond(take_request(), machine_now(), std::nullopt);
  const Duration delay = options_.latency + response_.delivery.delay;
  if (delay <= Duration::zero()) return send_response();
  timer_.expires_after(delay);
  timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->send_response();
  });
}

size_t HttpSession::body_bytes_to_send() const {
  if (!response_.body || head_request_) return 0;
  const uint64_t cut = response_.delivery.cut_after.value_or(response_.body->size());
  return std::min<uint64_t>(cut, response_.body->size());
}

void HttpSession::send_response() {
  if (response_.delivery.broken != Delivery::Break::kNone) return reset();
  // Without chunks the end of the connection is the end of the body; after a cut nothing else can follow.
  if ((response_.pieces && !chunked_) || response_.delivery.cut_after) keep_alive_ = false;
  write_head();
  if (response_.pieces && !head_request_) return send_next_piece();
  response_.delivery.bytes_per_second == 0 ? send_whole_body() : send_slowly(0);
}

void HttpSession::write_head() {
  head_.clear();
  head_.append("HTTP/1.1 ").append(std::to_string(response_.status)).append(" ");
  head_.append(http::obsolete_reason(http::int_to_status(static_cast<unsigned>(response_.status))))
      .append("\r\n");
  for (const auto& [name, value] : response_.fields)
    head_.append(name).append(": ").append(value).append("\r\n");
  if (may_have_body(response_.status)) {
    if (!response_.pieces) {
      head_.append("Content-Length: ")
          .append(std::to_string(response_.body ? response_.body->size() : 0))
          .append("\r\n");
    } else if (chunked_) {
      head_.append("Transfer-Encoding: chunked\r\n");
    }
  }
  if (!keep_alive_) head_.append("Connection: close\r\n");
  head_.append("\r\n");
}

void HttpSession::send_whole_body() {
  const std::array<asio::const_buffer, 2> buffers = {
      asio::buffer(head_),
      response_.body ? asio::buffer(response_.body->data(), body_bytes_to_send()) : asio::const_buffer()};
  asio::async_write(socket_, buffers, [self = shared_from_this()](error_code error, size_t) {
    if (!error) self->finished();
  });
}

void HttpSession::send_slowly(size_t from) {
  const size_t step = std::max<size_t>(1, response_.delivery.bytes_per_second / 20); // of kSlowPause each
  const size_t to = std::min(body_bytes_to_send(), from + step);
  const std::array<asio::const_buffer, 2> buffers = {
      from == 0 ? asio::buffer(head_) : asio::const_buffer(),
      response_.body ? asio::buffer(response_.body->data() + from, to - from) : asio::const_buffer()};
  asio::async_write(socket_, buffers, [self = shared_from_this(), to](error_code error, size_t) {
    if (error) return;
    if (to >= self->body_bytes_to_send()) return self->finished();
    self->timer_.expires_after(kSlowPause);
    self->timer_.async_wait([self, to](error_code stopped) {
      if (!stopped) self->send_slowly(to);
    });
  });
}

void HttpSession::send_next_piece() {
  const std::string piece = response_.pieces->next();
  const bool last = piece.empty();
  piece_ = std::move(head_);
  head_.clear();
  if (chunked_) {
    piece_ += last ? "0\r\n\r\n" : chunk_of(piece);
  } else {
    piece_ += piece;
  }
  const bool cut = response_.delivery.cut_after.has_value();
  asio::async_write(socket_, asio::buffer(piece_),
                    [self = shared_from_this(), last, cut](error_code error, size_t) {
                      if (error) return;
                      last || cut ? self->finished() : self->send_next_piece();
                    });
}

void HttpSession::finished() {
  response_ = SimResponse();
  if (keep_alive_) return read_request();
  error_code ignored; // the client may have closed first, which is as good
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

void HttpSession::reset() {
  error_code ignored; // a connection that is gone cannot be reset
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  socket_.close(ignored);
}

} // namespace circuit::providers
