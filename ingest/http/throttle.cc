#include "ingest/http/throttle.h"

#include "ingest/http/error_body.h"
#include "ingest/http/provider_throttled.h"
#include "ingest/http/retry_after.h"
#include "ingest/http/throttle_lane.h"
#include "ingest/http/url_target.h"

namespace circuit::http {
namespace {

// A streamed body counts as a request under way.
class HeldStream final : public BodyStream {
 public:
  HeldStream(std::unique_ptr<BodyStream> stream, ThrottlePlace place)
      : place_(std::move(place)), stream_(std::move(stream)) {}
  Task<Result<std::string>> read() override { return stream_->read(); }

 private:
  ThrottlePlace place_;
  std::unique_ptr<BodyStream> stream_;
};

std::string lane_name(const std::string& throttle_key, const std::string& host) {
  return host + '\n' + throttle_key;
}

bool is_overload(Patience patience, const Result<Response>& outcome, SystemTime now) {
  if (!outcome) return outcome.error().reason == "TIMEOUT";
  if (outcome->status == 429 || outcome->status == 503) return true;
  return patience != nullptr && outcome->status >= 400 && patience(*outcome, now).has_value();
}

} // namespace

ThrottleLayer::ThrottleLayer(HttpTransport& next, Clock& clock, ThrottleOptions options)
    : next_(next), clock_(clock), options_(std::move(options)) {}

ThrottleLayer::~ThrottleLayer() {
  for (auto& [name, slot] : lanes_) slot.lane->abandon_line();
}

Task<Result<Response>> ThrottleLayer::send(SharedRequest request) {
  const Result<UrlTarget>& target = target_of(request);
  if (!target) co_return target.error();
  const std::shared_ptr<ThrottleLane> line = lane(request->throttle_key, target->host);

  if (!line->try_enter() && !co_await line->enter(options_.longest_wait)) {
    const SystemTime now = clock_.now();
    co_return provider_throttled(request->url, now + (line->parked_until() - clock_.steady_now()), now);
  }
  ThrottlePlace place(line);
  const uint64_t ticket = line->limit().begin();
  SharedRequest sent = request;
  Result<Response> outcome = co_await next_.send(std::move(sent));
  if (outcome && outcome->stream) outcome = co_await with_error_body(*std::move(outcome));
  learn(*line, ticket, request->patience, outcome);
  if (outcome && outcome->stream) {
    outcome->stream = std::make_unique<HeldStream>(std::move(outcome->stream), std::move(place));
  }
  co_return outcome;
}

void ThrottleLayer::learn(ThrottleLane& lane, uint64_t ticket, Patience patience,
                          const Result<Response>& outcome) {
  if (!is_overload(patience, outcome, clock_.now())) {
    if (outcome && outcome->status < 500) lane.limit().succeeded(lane.in_flight());
    return;
  }
  lane.limit().overloaded(ticket);
  if (!outcome) return;
  const auto wait = asked_patience(patience, *outcome, clock_.now());
  if (wait) park(lane.throttle_key(), lane.host(), *wait);
}

void ThrottleLayer::park(const std::string& throttle_key, const std::string& host, Duration wait) {
  if (!lane(throttle_key, host)->park(clock_.steady_now() + wait)) return;
  if (options_.listener != nullptr) options_.listener->on_parked(throttle_key, host, clock_.now() + wait);
}

std::optional<SystemTime> ThrottleLayer::parked_until(const std::string& throttle_key,
                                                      const std::string& host) {
  const auto found = lanes_.find(lane_name(throttle_key, host));
  if (found == lanes_.end() || !found->second.lane->is_parked()) return std::nullopt;
  return clock_.now() + (found->second.lane->parked_until() - clock_.steady_now());
}

size_t ThrottleLayer::concurrency(const std::string& throttle_key, const std::string& host) {
  return lane(throttle_key, host)->limit().limit();
}

std::shared_ptr<ThrottleLane> ThrottleLayer::lane(const std::string& throttle_key, const std::string& host) {
  const std::string name = lane_name(throttle_key, host);
  const auto found = lanes_.find(name);
  if (found != lanes_.end()) {
    by_use_.splice(by_use_.begin(), by_use_, found->second.use);
    return found->second.lane;
  }
  forget_idle_lanes();
  const auto listed = options_.by_host.find(host);
  const ThrottleLimits& limits = listed == options_.by_host.end() ? options_.limits : listed->second;
  auto lane = std::make_shared<ThrottleLane>(clock_, limits, throttle_key, host);
  by_use_.push_front(name);
  lanes_.emplace(name, Slot{lane, by_use_.begin()});
  return lane;
}

void ThrottleLayer::forget_idle_lanes() {
  // A few of the oldest are looked at, so that lanes which cannot go do not make every new one expensive.
  constexpr int kLooks = 8;
  for (int looks = 0; lanes_.size() >= options_.max_idle_lanes && looks < kLooks; ++looks) {
    const auto oldest = lanes_.find(by_use_.back());
    if (oldest->second.lane->is_idle()) {
      by_use_.pop_back();
      lanes_.erase(oldest);
    } else {
      by_use_.splice(by_use_.begin(), by_use_, std::prev(by_use_.end()));
    }
  }
}

} // namespace circuit::http
