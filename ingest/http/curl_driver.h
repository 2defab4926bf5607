#pragma once
// libcurl's multi handle on a SystemLoop: its sockets in the loop's epoll set, its timer as the loop's
// ticker. libcurl is entered from the loop alone and never from inside one of its own callbacks. Private to
// this folder; the loop's thread.
//
// Total and idle timeouts are kept here and not by libcurl, which would arm timers for each transfer: one
// sweep over the transfers under way, at the earliest time at which one of them can be late.

#include <curl/curl.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "ingest/runtime/system_loop.h"

namespace circuit::http {

class CurlTransfer;
struct TransportOptions;

class CurlDriver final : private SystemLoop::Watcher, private SystemLoop::Ticker {
 public:
  CurlDriver(SystemLoop& loop, const TransportOptions& options);
  // Closes the transfers under way, and destroys who waits for them.
  ~CurlDriver() override;
  CurlDriver(const CurlDriver&) = delete;
  CurlDriver& operator=(const CurlDriver&) = delete;

  void start(CurlTransfer& transfer);
  // Closes a transfer that is under way, without telling it.
  void abandon(CurlTransfer& transfer);
  // Lets a paused transfer go on.
  void resume(CurlTransfer& transfer);

  // For libcurl's callbacks on sockets.
  curl_socket_t open_socket(const curl_sockaddr& address);
  static int close_socket(void* driver, curl_socket_t fd);

 private:
  // What epoll was told of a descriptor. One that libcurl has put aside stays registered: the next request on
  // that connection wants the same events, and two system calls are saved.
  struct Socket {
    uint32_t registered = 0;
    uint32_t wanted = 0;
    bool opened_here = false; // so that its closing is noticed
  };

  void on_ready(int fd, uint32_t events) override;
  std::optional<SteadyTime> due() const override;
  void tick() override;

  static int on_socket(CURL* easy, curl_socket_t fd, int what, void* self, void* socket);
  static int on_timer(CURLM* multi, long milliseconds, void* driver);

  Socket& socket(int fd);
  void want(int fd, uint32_t events);
  void forget(int fd);
  void collect_finished();
  bool has_looked_once_more();
  void time_out_late(SteadyTime now);
  void detach(CurlTransfer& transfer);
  void check_by(SteadyTime deadline);

  SystemLoop& loop_;
  CURLM* multi_;
  std::vector<Socket> sockets_; // by descriptor
  std::optional<SteadyTime> curl_due_;
  std::optional<SteadyTime> check_due_;
  size_t looks_left_ = 0;             // turns of the loop before somebody is called late
  std::vector<CurlTransfer*> active_; // each knows its index
};

} // namespace circuit::http
