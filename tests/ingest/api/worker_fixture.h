#pragma once
// A server over a scripted Control on 127.0.0.1, and clients of it.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "ingest/api/remote_control.h"
#include "ingest/api/server.h"
#include "tests/ingest/api/loop_thread.h"
#include "tests/ingest/api/scripted_control.h"

namespace circuit::api {

class WorkerTest : public testing::Test {
 protected:
  // Before the members of derived fixtures go, which scripts refer to.
  void TearDown() override {
    if (server_ && thread_.running()) thread_.run(server_->shutdown(Duration(0)));
    thread_.stop();
    remote_.reset();
    server_.reset();
  }

  void serve(ServerOptions options = {}) {
    auto server = Server::start(std::move(options), control_, thread_.loop());
    ASSERT_TRUE(server) << server.error().to_string();
    server_ = std::move(*server);
  }
  Error refusal(ServerOptions options) {
    auto server = Server::start(std::move(options), control_, thread_.loop());
    EXPECT_FALSE(server) << "it serves at " << (*server)->address();
    return server ? Error() : server.error();
  }

  RemoteOptions here() const {
    RemoteOptions options;
    options.address = server_->address();
    return options;
  }
  void connect(RemoteOptions options) {
    auto remote = RemoteControl::open(std::move(options), thread_.loop());
    ASSERT_TRUE(remote) << remote.error().to_string();
    remote_ = std::move(*remote);
  }
  void serve_and_connect(ServerOptions options = {}) {
    ASSERT_NO_FATAL_FAILURE(serve(std::move(options)));
    ASSERT_NO_FATAL_FAILURE(connect(here()));
  }

  Result<v1::Feed> get_feed(const std::string& name) {
    v1::GetFeedRequest request;
    request.set_name(name);
    return thread_.run(remote_->get_feed(std::move(request)));
  }

  ScriptedControl control_; // touched on the loop once something is served
  LoopThread thread_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<RemoteControl> remote_;
};

} // namespace circuit::api
