#pragma once
// A receiver on a free port, a gRPC sink that delivers to it, and what its file holds.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sinks/grpc.h"
#include "sinks/receiver.h"
#include "tests/sinks/sink_fixture.h"

namespace circuit::sinks::testing {

class ReceiverTest : public ::testing::Test {
 protected:
  using Session = std::unique_ptr<sync::SinkSession>;
  using Delivery = Running<Result<sync::DeliverAck>>;

  ReceiverTest() {
    receiver_options_.file = folder_ / "received.jsonl";
    sink_options_.connect_deadline = std::chrono::seconds(5);
    sink_options_.backoff_initial = std::chrono::milliseconds(10);
    sink_options_.backoff_max = std::chrono::milliseconds(100);
    sink_options_.close_deadline = std::chrono::seconds(1);
  }
  ~ReceiverTest() override {
    sessions_.clear();
    sink_.reset();
    receiver_.reset();
  }

  void start_receiver() {
    auto started = Receiver::start(receiver_options_);
    ASSERT_TRUE(started.ok()) << started.error().to_string();
    receiver_ = std::move(*started);
    receiver_options_.listen =
        "127.0.0.1:" + std::to_string(receiver_->port()); // the same one when started again
  }
  std::string address() const { return receiver_options_.listen; }
  // Without a connection.
  void make_sink() {
    sessions_.clear();
    sink_.reset();
    auto made = make_grpc_sink("grpc:" + address(), address(), sink_options_);
    ASSERT_TRUE(made.ok()) << made.error().to_string();
    sink_ = std::move(*made);
  }
  Result<void> connect() {
    make_sink();
    return run(loop_, sink_->recover(""));
  }
  void start() {
    start_receiver();
    const auto connected = connect();
    ASSERT_TRUE(connected.ok()) << connected.error().to_string();
  }
  sync::SinkSession& session(const std::string& feed) {
    sync::SessionRequest request{"feeds/" + feed, 1};
    auto opened = run(loop_, sink_->open(std::move(request)));
    EXPECT_TRUE(opened.ok());
    sessions_.push_back(std::move(*opened));
    return *sessions_.back();
  }
  Result<sync::DeliverAck> deliver(sync::SinkSession& to, std::vector<circuit::feeds::v1::Change> changes) {
    return run(loop_, to.deliver(batch_of(std::move(changes))));
  }
  std::unique_ptr<Delivery> begin(sync::SinkSession& to, std::vector<circuit::feeds::v1::Change> changes) {
    return std::make_unique<Delivery>(loop_, to.deliver(batch_of(std::move(changes))));
  }
  std::vector<std::string> received() const { return ids(receiver_options_.file); }

  SystemLoop loop_;
  Folder folder_;
  ReceiverOptions receiver_options_;
  GrpcOptions sink_options_;
  std::unique_ptr<Receiver> receiver_;
  std::unique_ptr<sync::Sink> sink_;
  std::vector<Session> sessions_;
};

} // namespace circuit::sinks::testing
