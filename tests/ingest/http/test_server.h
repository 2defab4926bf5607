#pragma once
// An HTTP/1.1 server on 127.0.0.1 that does exactly what a test tells it, good manners or not. A thread per
// connection.

#include <atomic>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "tests/ingest/http/test_certificate.h"

struct ssl_ctx_st;
struct ssl_st;

namespace circuit::http {

class TestServer {
 public:
  // One request, and the connection to answer it on. What is sent goes out as it is.
  class Exchange {
   public:
    std::string method, path, body;
    std::map<std::string, std::string> headers; // lower-case names

    bool send(std::string_view bytes); // false when the other side is gone
    void respond(int status, std::string_view body, std::string_view header_lines = "");
    void sleep(std::chrono::milliseconds duration) { std::this_thread::sleep_for(duration); }
    void close(); // after this exchange, in order
    void reset(); // now, by RST
    // Waits until the client has closed its side; false when it had not after 10 s.
    bool wait_for_close();

   private:
    friend class TestServer;
    int fd_ = -1;
    ssl_st* tls_ = nullptr;
    bool closing_ = false;
    bool reset_ = false;
  };
  using Handler = std::function<void(Exchange&)>;

  TestServer();
  explicit TestServer(const TestCertificate& certificate); // TLS
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  void on(const std::string& path, Handler handler); // 404 for all others
  // What every new connection is sent first.
  void greet(const std::string& bytes);
  std::string url(const std::string& path = "/") const;
  int port() const { return port_; }
  int connections() const { return connections_; }
  int requests() const { return requests_; }

 private:
  struct Connection {
    int fd;
    std::thread thread;
  };
  void listen();
  void accept_all();
  void serve(int fd);
  bool serve_one(Exchange& exchange, std::string& buffer);

  int listener_ = -1;
  int port_ = 0;
  ssl_ctx_st* tls_ = nullptr;
  std::atomic<bool> stopping_{false};
  std::atomic<int> connections_{0};
  std::atomic<int> requests_{0};
  std::mutex mutex_; // guards what follows
  std::map<std::string, Handler> handlers_;
  std::string greeting_;
  std::list<Connection> open_;
  std::thread acceptor_;
};

} // namespace circuit::http
