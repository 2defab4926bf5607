#pragma once
// The calls that a client has given to gRPC and that gRPC still works on. Any thread.
//
// A call's context refers to the channel, and the last reference to a channel must not go on one of gRPC's
// threads: gRPC then takes down its callback threads from within one, and the process dies. So a context is
// not kept alive here, and whoever calls remove() from such a thread has given his share of it to the loop
// before.

#include <grpcpp/client_context.h>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace circuit::api {

class InFlight {
 public:
  using Id = uint64_t;
  Id add(const std::shared_ptr<grpc::ClientContext>& context);
  void remove(Id id); // gRPC is done with it
  // Cancels all and waits until gRPC is done with them. Nothing is added afterwards. Not from gRPC's threads.
  void end_all();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::unordered_map<Id, std::weak_ptr<grpc::ClientContext>> contexts_;
  Id next_id_ = 1;
};

} // namespace circuit::api
