#pragma once
// A worker in virtual time that reads one simulated provider, at one host, through one connection. A feed's
// own world derives from it and says which.

#include <memory>
#include <string>
#include <utility>

#include "ingest/http/stack.h"
#include "tests/ingest/sync/worker_world.h"
#include "tests/providers/observed_provider.h"
#include "tests/providers/simulated_transport.h"

namespace circuit::feeds {

// Attaches one token to whatever is asked.
class TokenBearer final : public http::Authorizer {
 public:
  explicit TokenBearer(std::string token) : header_("Bearer " + std::move(token)) {}
  Task<Result<int64_t>> authorize(http::Request& request) override {
    request.headers.set("Authorization", header_);
    co_return int64_t{1};
  }
  Task<Result<bool>> refused(std::string, int64_t) override { co_return false; }

 private:
  std::string header_;
};

class AccountWorld : public sync::testing::WorkerWorld {
 public:
  void observe(providers::ObservedProvider::Observer observer) { observed_.observe(std::move(observer)); }
  void answer_instead(providers::ObservedProvider::Instead instead) {
    observed_.answer_instead(std::move(instead));
  }
  SystemTime now() { return loop().clock().now(); }
  uint64_t requests() const { return requests_; }

 protected:
  // Members of who derives, which are there before boot().
  AccountWorld(std::string host, providers::SimulatedProvider& simulator, http::Authorizer& authorizer)
      : WorkerWorld(default_options()),
        host_(std::move(host)),
        observed_(simulator),
        authorizer_(authorizer) {}

  static circuit::feeds::v1::Provider description(const std::string& name) {
    circuit::feeds::v1::Provider provider;
    provider.set_name(name);
    return provider;
  }
  static circuit::feeds::v1::Connection connection(const std::string& name, const std::string& provider) {
    circuit::feeds::v1::Connection connection;
    connection.set_name(name);
    connection.set_provider(provider);
    return connection;
  }

  std::unique_ptr<http::HttpTransport> make_http(Random& random) override {
    auto wire = std::make_unique<providers::SimulatedTransport>(loop().clock(), 5, providers::LatencyRange{});
    wire->route(host_, observed_);
    wire->observe([this](const providers::Exchange&) { ++requests_; });
    auto stack =
        std::make_unique<http::HttpStack>(std::move(wire), loop().clock(), random, http::StackOptions{});
    stack->auth().use(authorizer_);
    return stack;
  }

 private:
  const std::string host_;
  providers::ObservedProvider observed_;
  http::Authorizer& authorizer_;
  uint64_t requests_ = 0;
};

} // namespace circuit::feeds
