#pragma once
// Serves a SimulatedProvider over HTTP/1.1 with keep-alive and pipelining, on a loopback address alone, from
// one thread. Faults are real here: resets are RST segments, a truncated body is followed by FIN, a slow one
// trickles.
//
// The provider is called from the thread that runs the server and from no other; call() is the way to it and
// to its world for everybody else.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "ingest/runtime/result.h"
#include "tests/providers/simulated_provider.h"

namespace circuit::providers {

struct ServerOptions {
  std::string address = "127.0.0.1"; // or "::1"
  uint16_t port = 0;                 // 0: a free one
  Duration latency{};                // added to each response
  size_t request_bytes_max = 1u << 20;
};

class ProviderServer {
 public:
  // Listens, so that clients can connect, and serves nobody yet. The provider must outlive the server.
  // INVALID ADDRESS_NOT_LOOPBACK, CONFLICT ADDRESS_UNAVAILABLE.
  static Result<std::unique_ptr<ProviderServer>> listen(SimulatedProvider& provider, ServerOptions options);
  ~ProviderServer(); // stops
  ProviderServer(const ProviderServer&) = delete;
  ProviderServer& operator=(const ProviderServer&) = delete;

  uint16_t port() const;
  std::string base_url() const; // "http://127.0.0.1:8080"

  void run(); // in the calling thread, until stop(), or SIGTERM or SIGINT where stop_on_signals() was called
              // before
  void start(); // in a thread of its own
  void stop();  // any thread but the server's own; drops open connections, and waits for the thread
  void stop_on_signals();

  // Runs `work` on the server's thread between two requests, and waits for it. Only while the server runs.
  void call(const std::function<void()>& work);
  uint64_t open_connections() const; // any thread

 private:
  class Listener;
  explicit ProviderServer(std::unique_ptr<Listener> listener);
  std::unique_ptr<Listener> listener_;
};

} // namespace circuit::providers
