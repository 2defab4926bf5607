#include "tests/providers/serve.h"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <future>
#include <thread>

#include "tests/providers/http_session.h"

namespace circuit::providers {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

class ProviderServer::Listener {
 public:
  Listener(SimulatedProvider& provider, ServerOptions options)
      : options_(std::move(options)),
        provider_(provider),
        acceptor_(context_),
        retry_(context_),
        signals_(context_) {}

  ~Listener() { stop(); }

  void open(const tcp::endpoint& endpoint, error_code& error) {
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (!error) accept();
  }

  uint16_t port() const { return acceptor_.local_endpoint().port(); }
  const std::string& address() const { return options_.address; }
  uint64_t open_connections() const { return open_connections_; }
  void run() { context_.run(); }
  void start() {
    thread_ = std::thread([this] { run(); });
  }
  void stop() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }
  void stop_on_signals() {
    signals_.add(SIGINT);
    signals_.add(SIGTERM);
    signals_.async_wait([this](error_code error, int) {
      if (!error) context_.stop();
    });
  }
  void call(const std::function<void()>& work) {
    std::promise<void> done;
    asio::post(context_, [&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }

 private:
  void accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (error) return accept_later(); // out of descriptors, most likely
      error_code ignored;               // slower without, and no worse
      socket.set_option(tcp::no_delay(true), ignored);
      std::make_shared<HttpSession>(std::move(socket), provider_, options_, open_connections_)
          ->read_request();
      accept();
    });
  }
  void accept_later() {
    retry_.expires_after(std::chrono::milliseconds(10));
    retry_.async_wait([this](error_code error) {
      if (!error) accept();
    });
  }

  const ServerOptions options_;
  SimulatedProvider& provider_;
  std::atomic<uint64_t> open_connections_{0};
  asio::io_context context_{1}; // after what its sessions refer to: they go when it goes
  tcp::acceptor acceptor_;
  asio::steady_timer retry_;
  asio::signal_set signals_;
  std::thread thread_;
};

Result<std::unique_ptr<ProviderServer>> ProviderServer::listen(SimulatedProvider& provider,
                                                               ServerOptions options) {
  error_code error;
  const auto address = asio::ip::make_address(options.address, error);
  if (error || !address.is_loopback()) {
    return make_error(ErrorClass::kInvalid, "ADDRESS_NOT_LOOPBACK",
                      "A simulator serves loopback addresses alone, and \"" + options.address + "\" is none",
                      "Bind it to 127.0.0.1 or ::1");
  }
  const tcp::endpoint endpoint(address, options.port);
  auto listener = std::make_unique<Listener>(provider, std::move(options));
  listener->open(endpoint, error);
  if (error) {
    return make_error(ErrorClass::kConflict, "ADDRESS_UNAVAILABLE",
                      "Cannot listen on port " + std::to_string(endpoint.port()) + ": " + error.message(),
                      "Choose another port, or 0 for a free one");
  }
  return std::unique_ptr<ProviderServer>(new ProviderServer(std::move(listener)));
}

ProviderServer::ProviderServer(std::unique_ptr<Listener> listener) : listener_(std::move(listener)) {}
ProviderServer::~ProviderServer() = default;

uint16_t ProviderServer::port() const { return listener_->port(); }

std::string ProviderServer::base_url() const {
  const std::string& address = listener_->address();
  const std::string host = address.find(':') == std::string::npos ? address : "[" + address + "]";
  return "http://" + host + ":" + std::to_string(port());
}

void ProviderServer::run() { listener_->run(); }
void ProviderServer::start() { listener_->start(); }
void ProviderServer::stop() { listener_->stop(); }
void ProviderServer::stop_on_signals() { listener_->stop_on_signals(); }
void ProviderServer::call(const std::function<void()>& work) { listener_->call(work); }
uint64_t ProviderServer::open_connections() const { return listener_->open_connections(); }

} // namespace circuit::providers
