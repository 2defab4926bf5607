#include "tests/ingest/http/test_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <stdexcept>

namespace circuit::http {
namespace {

void require(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(what);
}

SSL_CTX* make_tls(const TestCertificate& certificate) {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  require(context != nullptr, "cannot make a TLS context");
  BIO* in = BIO_new_mem_buf(certificate.certificate_pem.data(),
                            static_cast<int>(certificate.certificate_pem.size()));
  X509* x509 = PEM_read_bio_X509(in, nullptr, nullptr, nullptr);
  BIO_free(in);
  in = BIO_new_mem_buf(certificate.key_pem.data(), static_cast<int>(certificate.key_pem.size()));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(in, nullptr, nullptr, nullptr);
  BIO_free(in);
  require(SSL_CTX_use_certificate(context, x509) == 1 && SSL_CTX_use_PrivateKey(context, key) == 1,
          "bad certificate");
  X509_free(x509);
  EVP_PKEY_free(key);
  return context;
}

long receive(int fd, SSL* tls, char* data, size_t size) {
  return tls != nullptr ? SSL_read(tls, data, static_cast<int>(size)) : ::recv(fd, data, size, 0);
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

// Reads the request line and the headers of `head` into the exchange.
void parse_head(const std::string& head, TestServer::Exchange& exchange) {
  const size_t first = head.find(' ');
  const size_t second = head.find(' ', first + 1);
  exchange.method = head.substr(0, first);
  exchange.path = head.substr(first + 1, second - first - 1);
  for (size_t line = head.find("\r\n") + 2; line < head.size();) {
    const size_t end = head.find("\r\n", line);
    const size_t colon = head.find(':', line);
    if (colon < end) {
      const size_t value = std::min(head.find_first_not_of(' ', colon + 1), end);
      exchange.headers[lower(head.substr(line, colon - line))] = head.substr(value, end - value);
    }
    line = end + 2;
  }
}

} // namespace

bool TestServer::Exchange::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const long sent = tls_ != nullptr ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                                      : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

void TestServer::Exchange::respond(int status, std::string_view text, std::string_view header_lines) {
  send("HTTP/1.1 " + std::to_string(status) + " Status\r\nContent-Length: " + std::to_string(text.size()) +
       "\r\n" + std::string(header_lines) + "\r\n" + std::string(method == "HEAD" ? "" : text));
}

void TestServer::Exchange::close() { closing_ = true; }

void TestServer::Exchange::reset() {
  const linger at_once{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  closing_ = reset_ = true;
}

bool TestServer::Exchange::wait_for_close() {
  pollfd wait{fd_, POLLIN | POLLRDHUP, 0};
  return ::poll(&wait, 1, 10'000) == 1 && (wait.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

TestServer::TestServer() { listen(); }

TestServer::TestServer(const TestCertificate& certificate) : tls_(make_tls(certificate)) { listen(); }

void TestServer::listen() {
  std::signal(SIGPIPE, SIG_IGN); // of writes inside OpenSSL
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  require(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0, "cannot bind");
  require(::listen(listener_, 512) == 0, "cannot listen");
  socklen_t size = sizeof address;
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

TestServer::~TestServer() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  {
    const std::lock_guard lock(mutex_);
    for (const Connection& connection : open_) ::shutdown(connection.fd, SHUT_RDWR);
  }
  for (Connection& connection : open_) {
    connection.thread.join();
    ::close(connection.fd);
  }
  SSL_CTX_free(tls_);
}

void TestServer::on(const std::string& path, Handler handler) {
  const std::lock_guard lock(mutex_);
  handlers_[path] = std::move(handler);
}

void TestServer::greet(const std::string& bytes) {
  const std::lock_guard lock(mutex_);
  greeting_ = bytes;
}

std::string TestServer::url(const std::string& path) const {
  return (tls_ != nullptr ? "https" : "http") + std::string("://127.0.0.1:") + std::to_string(port_) + path;
}

void TestServer::accept_all() {
  while (!stopping_) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ++connections_;
    const std::lock_guard lock(mutex_);
    if (!greeting_.empty()) ::send(fd, greeting_.data(), greeting_.size(), MSG_NOSIGNAL);
    open_.push_back({fd, std::thread([this, fd] { serve(fd); })});
  }
}

void TestServer::serve(int fd) {
  SSL* tls = nullptr;
  if (tls_ != nullptr) {
    tls = SSL_new(tls_);
    SSL_set_fd(tls, fd);
  }
  if (tls == nullptr || SSL_accept(tls) == 1) {
    std::string buffer;
    for (bool open = true; open && !stopping_;) {
      Exchange exchange;
      exchange.fd_ = fd;
      exchange.tls_ = tls;
      open = serve_one(exchange, buffer) && !exchange.closing_;
      if (exchange.reset_) {
        // Takes the descriptor's connection away with RST; the number stays taken until the server ends.
        const int none = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        ::dup2(none, fd);
        ::close(none);
      }
    }
  }
  ::shutdown(fd, SHUT_RDWR);
  SSL_free(tls);
}

bool TestServer::serve_one(Exchange& exchange, std::string& buffer) {
  char data[16384];
  size_t end = 0;
  while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
    const long got = receive(exchange.fd_, exchange.tls_, data, sizeof data);
    if (got <= 0) return false;
    buffer.append(data, static_cast<size_t>(got));
  }
  parse_head(buffer.substr(0, end + 2), exchange);
  buffer.erase(0, end + 4);
  const size_t length =
      exchange.headers.count("content-length") != 0 ? std::stoul(exchange.headers["content-length"]) : 0;
  while (buffer.size() < length) {
    const long got = receive(exchange.fd_, exchange.tls_, data, sizeof data);
    if (got <= 0) return false;
    buffer.append(data, static_cast<size_t>(got));
  }
  exchange.body = buffer.substr(0, length);
  buffer.erase(0, length);
  ++requests_;
  Handler handler;
  {
    const std::lock_guard lock(mutex_);
    const auto found = handlers_.find(exchange.path);
    if (found != handlers_.end()) handler = found->second;
  }
  if (handler) {
    handler(exchange);
  } else {
    exchange.respond(404, "not here");
  }
  return true;
}

} // namespace circuit::http
