#include "tests/ingest/http/scripted_transport.h"

#include <algorithm>
#include <utility>

namespace circuit::http {
namespace {

Task<void> send_into(LayerWorld::Sent* sent, HttpTransport* through, Clock* clock, Request request) {
  Result<Response> result = co_await through->send(std::move(request));
  sent->result.emplace(std::move(result));
  sent->at = clock->steady_now().time_since_epoch();
}

} // namespace

Response answer(int status, HeaderList headers, std::string body) {
  Response response;
  response.status = status;
  for (const auto& [name, value] : headers) response.headers.add(name, value);
  response.body = std::move(body);
  return response;
}

Error transient(const char* reason) {
  return make_error(ErrorClass::kTransient, reason, "it broke", "Wait.");
}

Request get(const std::string& url) {
  Request request;
  request.url = url;
  return request;
}

class ScriptedTransport::UnderWay {
 public:
  explicit UnderWay(std::shared_ptr<Load> load) : load_(std::move(load)) {
    load_->most = std::max(load_->most, ++load_->now);
  }
  ~UnderWay() { --load_->now; }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;

 private:
  std::shared_ptr<Load> load_;
};

Task<Result<Response>> ScriptedTransport::send(SharedRequest shared) {
  const Request& request = *shared;
  const UnderWay here(load_);
  asked.push_back({request, clock_.steady_now().time_since_epoch()});
  if (takes > Duration::zero()) co_await clock_.sleep_for(takes);
  if (!next.empty()) {
    Result<Response> result = std::move(next.front());
    next.pop_front();
    if (result) result->url = request.url;
    co_return result;
  }
  if (afterwards) co_return afterwards(request);
  Response response = answer(200);
  response.url = request.url;
  co_return response;
}

LayerWorld::Sent& LayerWorld::start(HttpTransport& through, Request request) {
  Sent& entry = all_sent.emplace_back();
  entry.coroutine = &spawn(send_into(&entry, &through, &loop.clock(), std::move(request)));
  return entry;
}

LayerWorld::Sent& LayerWorld::send(HttpTransport& through, Request request) {
  Sent& entry = start(through, std::move(request));
  loop.run();
  return entry;
}

std::vector<int64_t> LayerWorld::asked_at_ms() const {
  std::vector<int64_t> times;
  for (const auto& one : provider.asked) times.push_back(one.at.count() / 1000);
  return times;
}

} // namespace circuit::http
