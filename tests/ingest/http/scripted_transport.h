#pragma once
// A provider in virtual time: answers as it is told, takes as long as it is told, and remembers what it was
// asked.

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ingest/http/transport.h"
#include "tests/ingest/runtime/virtual_test.h"

namespace circuit::http {

using HeaderList = std::initializer_list<std::pair<const char*, const char*>>;

Response answer(int status, HeaderList headers = {}, std::string body = "");
Error transient(const char* reason);

class ScriptedTransport final : public HttpTransport {
 public:
  explicit ScriptedTransport(Clock& clock) : clock_(clock) {}

  struct Asked {
    Request request;
    Duration at; // since the loop's start
  };

  Duration takes{};                                           // each answer
  std::deque<Result<Response>> next;                          // these first
  std::function<Result<Response>(const Request&)> afterwards; // and then what this says; 200 without it
  std::vector<Asked> asked;
  size_t most_under_way() const { return load_->most; }

  Task<Result<Response>> send(SharedRequest request) override;

 private:
  struct Load {
    size_t now = 0, most = 0;
  };
  class UnderWay;

  Clock& clock_;
  std::shared_ptr<Load> load_ =
      std::make_shared<Load>(); // shared, because what is suspended may outlive this
};

// A world with one provider in it, and requests that run in it.
struct LayerWorld : testing::VirtualWorld {
  ScriptedTransport provider{loop.clock()};

  struct Sent {
    std::optional<Result<Response>> result;
    Duration at{};
    testing::Spawned* coroutine = nullptr;

    bool ended() const { return result.has_value(); }
    int status() const { return result && *result ? (*result)->status : 0; }
    std::string reason() const { return result && !*result ? result->error().reason : ""; }
    const Error& error() const { return result->error(); }
    Response& response() { return **result; }
  };
  std::list<Sent> all_sent;

  // Sends without waiting; the result is there after loop.run().
  Sent& start(HttpTransport& through, Request request);
  // Sends, and runs the loop until it is quiet.
  Sent& send(HttpTransport& through, Request request);
  // When the provider was asked, in milliseconds.
  std::vector<int64_t> asked_at_ms() const;
};

Request get(const std::string& url);

} // namespace circuit::http
