#include "ingest/cli/redirect_receiver.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <thread>
#include <utility>

#include "ingest/cli/output.h"
#include "ingest/runtime/deadline.h"
#include "ingest/runtime/task_group.h"

namespace circuit::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr char kPath[] = "/callback";
constexpr size_t kLargestRequest = 32 << 10; // codes are short, but some providers' are not
constexpr auto kRequestDeadline = std::chrono::seconds(10);
constexpr auto kPatience = std::chrono::minutes(2); // of a browser that waits for the exchange

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

std::string page(const std::string& title, const std::string& body) {
  return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + title +
         "</title></head>\n<body><h1>" + title + "</h1>\n" + body + "</body></html>\n";
}

using PageResponse = http::response<http::string_body>;

PageResponse respond(http::status status, std::string body) {
  PageResponse response{status, 11};
  response.set(http::field::content_type, "text/html; charset=utf-8");
  response.set("Content-Security-Policy", "default-src 'none'");
  response.set(http::field::cache_control, "no-store");
  response.set("Referrer-Policy", "no-referrer"); // the page's address has the code in it
  response.set("X-Content-Type-Options", "nosniff");
  response.keep_alive(false);
  response.body() = std::move(body);
  response.prepare_payload();
  return response;
}

} // namespace

struct RedirectReceiver::Parts {
  // What the loop knows; posts to it may come after the receiver is gone.
  struct Arrival {
    std::optional<std::string> url;
    bool sent = false;
    Event changed;
  };

  explicit Parts(Loop& l) : loop(l), acceptor(io), answered(io) {}

  Loop& loop;
  std::optional<TaskGroup> tasks; // outlives the context, and with it whatever was under way
  asio::io_context io{1};
  tcp::acceptor acceptor;
  asio::steady_timer answered; // its end, or its cancellation, lets the waiting browser go
  std::string redirect_uri, host;
  std::thread thread;

  // On the thread.
  bool taken = false;
  std::string answer;

  const std::shared_ptr<Arrival> arrival = std::make_shared<Arrival>(); // on the loop

  Task<void> accept();
  Task<void> serve(tcp::socket socket);
  Task<void> wait_for_answer();
  void arrived(std::string address);
};

// Everything that was accepted is served side by side: browsers open connections that they may never use.
Task<void> RedirectReceiver::Parts::accept() {
  for (;;) {
    boost::system::error_code failed;
    tcp::socket socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, failed));
    if (failed == asio::error::operation_aborted || !acceptor.is_open()) co_return;
    if (!failed) tasks->spawn(serve(std::move(socket)));
  }
}

Task<void> RedirectReceiver::Parts::serve(tcp::socket socket) {
  beast::tcp_stream stream(std::move(socket));
  stream.expires_after(kRequestDeadline);
  beast::flat_buffer buffer(kLargestRequest);
  http::request_parser<http::empty_body> parser;
  parser.header_limit(kLargestRequest);
  boost::system::error_code failed;
  co_await http::async_read(stream, buffer, parser, asio::redirect_error(asio::use_awaitable, failed));
  if (failed) co_return;
  const auto& request = parser.get();
  const std::string target(request.target());
  // Another host name means that somebody's page leads here (DNS rebinding).
  const bool here = request[http::field::host] == host && request.method() == http::verb::get;
  const bool callback = here && target.substr(0, target.find('?')) == kPath && target.size() > sizeof kPath;
  PageResponse response = respond(http::status::not_found, page("Not found", ""));
  const bool first = callback && !taken;
  if (first) {
    taken = true;
    acceptor.close(failed);
    arrived("http://" + host + target);
    co_await wait_for_answer();
    response = respond(http::status::ok, answer);
  }
  stream.expires_after(kRequestDeadline);
  co_await http::async_write(stream, response, asio::redirect_error(asio::use_awaitable, failed));
  stream.socket().shutdown(tcp::socket::shutdown_send, failed);
  if (!first) co_return;
  loop.post([known = arrival] {
    known->sent = true;
    known->changed.notify_all();
  });
}

Task<void> RedirectReceiver::Parts::wait_for_answer() {
  answered.expires_after(kPatience);
  while (answer.empty()) {
    boost::system::error_code woken;
    co_await answered.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    if (!woken) break; // patience is over
  }
}

void RedirectReceiver::Parts::arrived(std::string address) {
  loop.post([known = arrival, address = std::move(address)]() mutable {
    known->url = std::move(address);
    known->changed.notify_all();
  });
}

Result<std::unique_ptr<RedirectReceiver>> RedirectReceiver::open(Loop& loop) {
  auto parts = std::make_unique<Parts>(loop);
  boost::system::error_code failed;
  const tcp::endpoint any_port(asio::ip::address_v4::loopback(), 0);
  parts->acceptor.open(any_port.protocol(), failed);
  if (!failed) parts->acceptor.bind(any_port, failed);
  if (!failed) parts->acceptor.listen(asio::socket_base::max_listen_connections, failed);
  if (failed) {
    return make_error(ErrorClass::kExhausted, "LOOPBACK_UNAVAILABLE",
                      "Nothing can listen on 127.0.0.1: " + failed.message(),
                      "Connect from a machine whose loopback interface works.");
  }
  parts->host = "127.0.0.1:" + std::to_string(parts->acceptor.local_endpoint().port());
  parts->redirect_uri = "http://" + parts->host + kPath;
  parts->tasks.emplace(parts->io.get_executor());
  parts->tasks->spawn(parts->accept());
  parts->thread = std::thread([io = &parts->io] { io->run(); });
  return std::unique_ptr<RedirectReceiver>(new RedirectReceiver(std::move(parts)));
}

RedirectReceiver::RedirectReceiver(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

RedirectReceiver::~RedirectReceiver() {
  parts_->io.stop();
  parts_->thread.join();
}

const std::string& RedirectReceiver::redirect_uri() const { return parts_->redirect_uri; }

namespace {

template <class Condition>
Task<Result<void>> until(Event* changed, Condition condition) {
  while (!condition()) co_await changed->wait();
  co_return Result<void>();
}

} // namespace

Task<Result<std::string>> RedirectReceiver::receive(Duration limit) {
  Parts* parts = parts_.get();
  auto late = make_error(ErrorClass::kAuth, "AUTHORIZATION_TIMED_OUT",
                         "Nobody came back from the provider's page in time",
                         "Connect again, and finish in the browser; --timeout gives more time.");
  auto waiting = with_deadline(
      parts->loop.executor(), parts->loop.clock(), limit,
      until(&parts->arrival->changed, [known = parts->arrival] { return known->url.has_value(); }),
      std::move(late));
  auto arrived = co_await std::move(waiting);
  if (!arrived) co_return std::move(arrived).error();
  co_return *std::exchange(parts->arrival->url, std::string());
}

Task<void> RedirectReceiver::answer(std::string text) {
  Parts* parts = parts_.get();
  if (!parts->arrival->url) co_return; // nobody has come
  asio::post(parts->io, [parts, text = std::move(text)] {
    parts->answer = text;
    parts->answered.cancel();
  });
  auto waiting = with_deadline(
      parts->loop.executor(), parts->loop.clock(), kRequestDeadline,
      until(&parts->arrival->changed, [known = parts->arrival] { return known->sent; }), Error());
  (void)co_await std::move(waiting); // a browser that went away changes nothing
}

Task<void> RedirectReceiver::answer_success(std::string account) {
  const std::string as = account.empty() ? "" : " as " + escaped(account);
  return answer(page("Connected", "<p>The account is connected" + as + ". You can close this page.</p>\n"));
}

Task<void> RedirectReceiver::answer_failure(Error error) {
  return answer(page("Not connected", "<p>" + escaped(error.message) + ".</p>\n<p>" +
                                          escaped(error.next_step) + "</p>\n<p><small>" +
                                          escaped(error.reason) + "</small></p>\n"));
}

} // namespace circuit::cli
