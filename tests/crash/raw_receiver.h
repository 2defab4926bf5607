#pragma once
// A receiver that writes down everything that arrives, repeated or not, in the process of the test: so it
// never crashes, and sees what the worker promises on the wire. Acknowledges each batch after a short while.
//
// Any thread.

#include <grpcpp/server.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "circuit/feeds/v1/sink.grpc.pb.h"

namespace circuit::crash {

// One change, as a consumer saw it.
struct Seen {
  circuit::feeds::v1::Change change;
  int worker = 0; // which start of the worker it came from, where that is known
};

class RawReceiver final : public circuit::feeds::v1::DocumentSink::Service {
 public:
  explicit RawReceiver(std::chrono::milliseconds acknowledge_after);
  ~RawReceiver() override; // ends what streams there are

  const std::string& address() const { return address_; } // HOST:PORT
  std::vector<Seen> of(const std::string& feed) const;
  size_t changes() const;
  // Until the streams of a dead worker are read to their end; false after ten seconds.
  bool wait_until_no_stream();

  grpc::Status Deliver(grpc::ServerContext* context,
                       grpc::ServerReaderWriter<circuit::feeds::v1::DeliverResponse,
                                                circuit::feeds::v1::DeliverRequest>* stream) override;

 private:
  const std::chrono::milliseconds acknowledge_after_;
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  std::map<std::string, std::vector<Seen>> seen_;
  std::map<std::string, int> workers_; // by the name in their hello, numbered from 1
  size_t changes_ = 0;
  int streams_ = 0;
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

} // namespace circuit::crash
