#pragma once
// How a gRPC sink is set up. Plain values.

#include <cstddef>
#include <memory>
#include <string>

#include "ingest/runtime/clock.h"
#include "ingest/runtime/random.h"

namespace circuit::sinks {

struct GrpcTlsOptions {
  bool enabled = false;
  std::string ca_file;     // PEM; empty: the system's roots
  std::string cert_file;   // PEM, the worker's own certificate for mutual TLS; with key_file
  std::string key_file;    // PEM
  std::string server_name; // expected in the receiver's certificate instead of the host; empty: the host
};

struct GrpcOptions {
  GrpcTlsOptions tls;
  bool allow_plaintext = false; // to another address than loopback

  std::string worker; // Hello.worker, for the receiver's logs; empty: "{host}-{random}"
  // The largest serialized DeliverRequest; gRPC servers take 4 MiB unless told otherwise.
  size_t max_message_bytes = size_t{4} << 20;

  Duration connect_deadline = std::chrono::seconds(30); // how long to try before SINK_UNREACHABLE
  Duration batch_deadline = std::chrono::minutes(5); // from sending to acknowledgement, before SINK_TIMEOUT
  Duration close_deadline = std::chrono::seconds(5); // for the receiver to end its side
  Duration backoff_initial = std::chrono::milliseconds(100);
  Duration backoff_max = std::chrono::seconds(10);
  // Servers refuse pings that come more often than every 5 minutes unless they are set up for it.
  Duration keepalive_interval = std::chrono::minutes(5);
  Duration keepalive_timeout = std::chrono::seconds(20);

  std::shared_ptr<Random> random; // for jitter, any thread; null: the system's
};

} // namespace circuit::sinks
