#include "tests/crash/raw_receiver.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <stdexcept>
#include <thread>

namespace circuit::crash {

namespace v1 = circuit::feeds::v1;

RawReceiver::RawReceiver(std::chrono::milliseconds acknowledge_after)
    : acknowledge_after_(acknowledge_after) {
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(this);
  server_ = builder.BuildAndStart();
  if (!server_ || port == 0) throw std::runtime_error("the receiver cannot listen");
  address_ = "127.0.0.1:" + std::to_string(port);
}

RawReceiver::~RawReceiver() { server_->Shutdown(std::chrono::system_clock::now()); }

grpc::Status RawReceiver::Deliver(grpc::ServerContext*,
                                  grpc::ServerReaderWriter<v1::DeliverResponse, v1::DeliverRequest>* stream) {
  int worker = 0;
  {
    const std::lock_guard lock(mutex_);
    ++streams_;
  }
  v1::DeliverResponse response;
  response.mutable_grant()->set_credit_bytes(1 << 20);
  stream->Write(response);
  for (v1::DeliverRequest request; stream->Read(&request); request.Clear()) {
    const std::lock_guard lock(mutex_);
    if (request.has_hello()) {
      worker = workers_.try_emplace(request.hello().worker(), workers_.size() + 1).first->second;
      continue;
    }
    for (auto& change : *request.mutable_batch()->mutable_changes()) {
      auto& seen = seen_[request.batch().feed()];
      seen.push_back({std::move(change), worker});
      ++changes_;
    }
    response.mutable_ack()->set_batch_id(request.batch().batch_id());
    std::this_thread::sleep_for(acknowledge_after_);
    stream->Write(response);
  }
  const std::lock_guard lock(mutex_);
  --streams_;
  ended_.notify_all();
  return grpc::Status::OK;
}

std::vector<Seen> RawReceiver::of(const std::string& feed) const {
  const std::lock_guard lock(mutex_);
  const auto found = seen_.find(feed);
  return found == seen_.end() ? std::vector<Seen>() : found->second;
}

size_t RawReceiver::changes() const {
  const std::lock_guard lock(mutex_);
  return changes_;
}

bool RawReceiver::wait_until_no_stream() {
  std::unique_lock lock(mutex_);
  return ended_.wait_for(lock, std::chrono::seconds(10), [this] { return streams_ == 0; });
}

} // namespace circuit::crash
