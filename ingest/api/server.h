#pragma once
// The worker's gRPC server: the services of circuit.feeds.v1 over a Control, grpc.health.v1, and reflection
// if wanted.
//
// gRPC's own threads only post to the loop, where every answer is made. start() and set_serving() may be
// called from any thread; shutdown() is a coroutine of the loop. Control and loop outlive the server. Before
// its destruction, shutdown() has returned, or the loop will not run again (open calls are then answered
// CANCELLED).

#include <chrono>
#include <memory>
#include <string>

#include "ingest/api/control.h"
#include "ingest/runtime/clock.h"
#include "ingest/runtime/loop.h"

namespace circuit::api {

// PEM files. They are read again when they change, without a restart.
struct ServerTls {
  std::string certificate_file; // the chain; empty: no TLS
  std::string key_file;
  std::string client_ca_file; // not empty: clients must show a certificate of this authority

  bool enabled() const { return !certificate_file.empty() || !key_file.empty() || !client_ca_file.empty(); }
};

struct ServerOptions {
  std::string address = "127.0.0.1:0"; // "HOST:PORT"; port 0: any that is free
  ServerTls tls;
  bool allow_insecure = false; // without TLS on an address other than loopback
  bool reflection = false;
  int max_message_bytes = 1 << 20; // of a request
  size_t max_open_calls = 1024;    // more are refused with TOO_MANY_CALLS
  Duration keepalive_interval = std::chrono::seconds(60);
  Duration keepalive_timeout = std::chrono::seconds(20);
  Duration min_ping_interval = std::chrono::seconds(5); // clients that ping more often are disconnected
};

class Server {
 public:
  // Listens and serves when it returns. INVALID (ADDRESS_INVALID, ADDRESS_NOT_AVAILABLE, INSECURE_ADDRESS,
  // TLS_FILE_UNREADABLE, TLS_FILE_INVALID, TLS_KEY_MISMATCH), CONFLICT (ADDRESS_IN_USE), PERMISSION
  // (ADDRESS_NOT_PERMITTED).
  static Result<std::unique_ptr<Server>> start(ServerOptions options, Control& control, Loop& loop);
  ~Server();

  // "HOST:PORT" with the port that is really bound.
  const std::string& address() const;

  // What health checks are told. False is for good.
  void set_serving(bool serving);

  // NOT_SERVING; new calls are refused and watches ended with TRANSIENT WORKER_STOPPING, so that clients go
  // elsewhere; the other calls have `grace` to end, and are then cancelled. Nothing of the server runs
  // afterwards.
  Task<void> shutdown(Duration grace);

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

} // namespace circuit::api
