#pragma once
// Keeps a connection (Request::throttle_key) from asking more of a host than it takes. Per key and host: a
// concurrency that adapts (adaptive_limit.h), an optional static rate, and "parked until", from the
// Retry-After of a 429 or 503, honoured in full by every request of that key to that host.
//
// Requests are let through in the order in which they came; a cancelled one leaves the line. Who would have
// to wait for longer than ThrottleOptions::longest_wait gets THROTTLED PROVIDER_THROTTLED with retry_at
// instead, at once. A place is held until the response is there, or, when its body is streamed, until the
// stream is gone: a body that trickles is a request under way for the host as well. Whoever holds a stream
// and waits for another response of the same key and host may wait for himself.

#include <list>
#include <map>
#include <memory>
#include <unordered_map>

#include "ingest/http/adaptive_limit.h"
#include "ingest/http/token_bucket.h"
#include "ingest/http/transport.h"
#include "ingest/runtime/event.h"

namespace circuit::http {

struct ThrottleLimits {
  size_t initial_concurrency = 8;
  size_t max_concurrency = 32;
  double per_second = 0; // 0: no static rate
  double burst = 1;
};

// Told from the loop's thread; must outlive the layer.
class ThrottleListener {
 public:
  virtual ~ThrottleListener() = default;
  virtual void on_parked(const std::string& throttle_key, const std::string& host, SystemTime until) = 0;
};

struct ThrottleOptions {
  ThrottleLimits limits; // for hosts that are not in `by_host`
  // By lower-case host: documented limits, from the provider catalog.
  std::map<std::string, ThrottleLimits> by_host{};
  Duration longest_wait = std::chrono::minutes(1);
  // Beyond this, what was learned of those used longest ago is forgotten; parked ones are kept.
  size_t max_idle_lanes = 4096;
  ThrottleListener* listener = nullptr;
};

class ThrottleLane;

class ThrottleLayer final : public HttpTransport {
 public:
  ThrottleLayer(HttpTransport& next, Clock& clock, ThrottleOptions options);
  ~ThrottleLayer() override;

  Task<Result<Response>> send(SharedRequest request) override;

  // Parks a key on a host for a reason of the caller's own: a provider that announces its resets in other
  // headers.
  void park(const std::string& throttle_key, const std::string& host, Duration wait);
  // Until when it is parked; nullopt when it is not.
  std::optional<SystemTime> parked_until(const std::string& throttle_key, const std::string& host);
  size_t lanes() const { return lanes_.size(); }
  // How many requests are let through side by side at present.
  size_t concurrency(const std::string& throttle_key, const std::string& host);

 private:
  struct Slot {
    std::shared_ptr<ThrottleLane> lane;
    std::list<std::string>::iterator use;
  };
  std::shared_ptr<ThrottleLane> lane(const std::string& throttle_key, const std::string& host);
  void forget_idle_lanes();
  void learn(ThrottleLane& lane, uint64_t ticket, Patience patience, const Result<Response>& outcome);

  HttpTransport& next_;
  Clock& clock_;
  ThrottleOptions options_;
  std::unordered_map<std::string, Slot> lanes_;
  std::list<std::string> by_use_; // latest first
};

} // namespace circuit::http
