#pragma once
// What gRPC itself can do with the messages of the sink's protocol: the ceiling of everything that is
// delivered. Any thread; each call waits.

#include <memory>
#include <string>

#include "circuit/feeds/v1/sink.grpc.pb.h"

namespace circuit::bench {

class BareStream {
 public:
  explicit BareStream(const std::string& address);
  // One message after another, answers read and dropped: no credit, no waiting for answers.
  void send(const circuit::feeds::v1::DeliverRequest& request, int times);

 private:
  std::unique_ptr<circuit::feeds::v1::DocumentSink::Stub> stub_;
};

// A receiver that reads, acknowledges and forgets. Prints "listening on ADDRESS" and serves until it is
// killed: the program runs it as a process of its own, "circuit-bench black-hole".
[[noreturn]] void serve_black_hole();

} // namespace circuit::bench
