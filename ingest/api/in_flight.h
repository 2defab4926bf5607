#pragma once
// The calls that a client has given to gRPC and that gRPC still works on. Any thread.

#include <grpcpp/client_context.h>

#include <condition_variable>
#include <mutex>
#include <unordered_set>

namespace circuit::api {

class InFlight {
 public:
  void add(grpc::ClientContext* context);
  void remove(grpc::ClientContext* context); // gRPC is done with it
  // Cancels all and waits until gRPC is done with them. Nothing is added afterwards.
  void end_all();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::unordered_set<grpc::ClientContext*> contexts_;
};

} // namespace circuit::api
