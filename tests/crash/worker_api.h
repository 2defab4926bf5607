#pragma once
// The worker's API, blocking. Every call has a deadline; one to a worker that is dead gives UNAVAILABLE. One
// thread.

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "circuit/feeds/v1/services.grpc.pb.h"

namespace circuit::crash {

template <class T>
struct Answered {
  grpc::Status status;
  T value;
  bool ok() const { return status.ok(); }
};

class WorkerApi {
 public:
  explicit WorkerApi(const std::string& address);

  Answered<circuit::feeds::v1::Feed> create(const circuit::feeds::v1::CreateFeedRequest& request);
  Answered<circuit::feeds::v1::Feed> get_feed(const std::string& name);
  Answered<circuit::feeds::v1::Feed> reset(const std::string& name);
  grpc::Status remove(const std::string& name);
  Answered<circuit::feeds::v1::Sync> start(const circuit::feeds::v1::StartSyncRequest& request);
  Answered<circuit::feeds::v1::Sync> get_sync(const std::string& name);

 private:
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<circuit::feeds::v1::Feeds::Stub> feeds_;
  std::unique_ptr<circuit::feeds::v1::Syncs::Stub> syncs_;
};

bool has_ended(const circuit::feeds::v1::Sync& sync);

} // namespace circuit::crash
