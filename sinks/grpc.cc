#include "sinks/grpc.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "sinks/batch_wire.h"
#include "sinks/completion.h"
#include "sinks/grpc_channel.h"
#include "sinks/grpc_content.h"
#include "sinks/grpc_stream.h"

namespace circuit::sinks {
namespace {

class GrpcSession final : public sync::SinkSession {
 public:
  GrpcSession(std::shared_ptr<GrpcStream> stream, std::string feed, size_t max_message_bytes)
      : stream_(std::move(stream)),
        number_(stream_->new_session()),
        feed_(std::move(feed)),
        max_message_bytes_(max_message_bytes) {}

  ~GrpcSession() override { stream_->forget(number_); }

  Task<Result<sync::DeliverAck>> deliver(std::shared_ptr<const sync::DeliverBatch> batch) override {
    auto plan = plan_batch(*batch, feed_, max_message_bytes_);
    std::vector<PartOutcome> outcomes;
    std::vector<PartInFlight> parts;
    for (const BatchPart& part : plan.parts) {
      outcomes.push_back(std::make_shared<Completion<Result<sync::DeliverAck>>>());
      parts.push_back({number_, feed_, batch, part, outcomes.back()});
    }
    batch.reset();
    stream_->send(std::move(parts));

    sync::DeliverAck all{std::move(plan.too_large)};
    for (auto& outcome : outcomes) {
      auto waiting = Completion<Result<sync::DeliverAck>>::wait(std::move(outcome));
      auto ack = co_await std::move(waiting);
      if (!ack) co_return std::move(ack).error();
      std::move(ack->rejections.begin(), ack->rejections.end(), std::back_inserter(all.rejections));
    }
    std::sort(all.rejections.begin(), all.rejections.end(),
              [](const sync::Rejection& a, const sync::Rejection& b) { return a.index < b.index; });
    co_return all;
  }

  Task<Result<circuit::feeds::v1::RawContent>> deliver_content(sync::ContentSource& source) override {
    return send_content(stream_, feed_, source);
  }

  // The receiver's storage needs no agreement with the checkpoint: what is sent again is recognized there.
  Task<Result<std::string>> prepare() override { co_return std::string(); }
  Task<void> committed() override { co_return; }

 private:
  const std::shared_ptr<GrpcStream> stream_;
  const SessionNumber number_;
  const std::string feed_;
  const size_t max_message_bytes_;
};

class GrpcSink final : public sync::Sink {
 public:
  GrpcSink(std::string uri, std::shared_ptr<GrpcStream> stream, size_t max_message_bytes)
      : uri_(std::move(uri)), stream_(std::move(stream)), max_message_bytes_(max_message_bytes) {}
  ~GrpcSink() override { stream_->abandon(); }

  const std::string& uri() const override { return uri_; }

  Task<Result<void>> recover(std::string) override {
    auto outcome = std::make_shared<Completion<Result<void>>>();
    stream_->connect(outcome);
    auto connected = Completion<Result<void>>::wait(std::move(outcome));
    co_return co_await std::move(connected);
  }

  Task<Result<std::unique_ptr<sync::SinkSession>>> open(sync::SessionRequest request) override {
    co_return std::unique_ptr<sync::SinkSession>(
        std::make_unique<GrpcSession>(stream_, std::move(request.feed), max_message_bytes_));
  }

  Task<void> close() override {
    auto outcome = std::make_shared<Completion<Result<void>>>();
    stream_->close(outcome);
    auto closed = Completion<Result<void>>::wait(std::move(outcome));
    const Result<void> result = co_await std::move(closed);
    static_cast<void>(result); // each delivery has had its own answer
  }

 private:
  const std::string uri_;
  const std::shared_ptr<GrpcStream> stream_;
  const size_t max_message_bytes_;
};

} // namespace

Result<std::unique_ptr<sync::Sink>> make_grpc_sink(std::string uri, const std::string& address,
                                                   GrpcOptions options) {
  auto channel = make_grpc_channel(address, options);
  if (!channel) return channel.error();
  const size_t max_message_bytes = options.max_message_bytes;
  auto stream = std::make_shared<GrpcStream>(address, std::move(*channel), std::move(options));
  return std::unique_ptr<sync::Sink>(
      std::make_unique<GrpcSink>(std::move(uri), std::move(stream), max_message_bytes));
}

} // namespace circuit::sinks
