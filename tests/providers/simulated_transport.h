#pragma once
// The HttpTransport of a simulated world: requests go to SimulatedProviders in process, in virtual time.
// Latency is drawn from a seed; what a provider does to a connection comes back as the errors that
// ingest/http/transport.h lists. Bodies are decompressed and paid for as they arrive, deadlines and body
// limits are kept, redirects are not followed: as the real one does.
//
// Belongs to one loop, whose clock it is given. Providers must outlive it.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ingest/http/transport.h"
#include "ingest/runtime/random.h"
#include "tests/providers/simulated_provider.h"

namespace circuit::providers {

struct LatencyRange { // of one request, there and back
  Duration min = std::chrono::milliseconds(1);
  Duration max = std::chrono::milliseconds(80);
};

// One request that has ended, for traces.
struct Exchange {
  SystemTime ended;
  std::string method, url;
  int status = 0;                           // 0: there was no response
  std::string reason;                       // of the error; empty where there was a response
  const http::Response* response = nullptr; // while it is told of; null where there was none
};

class SimulatedTransport final : public http::HttpTransport {
 public:
  SimulatedTransport(Clock& clock, uint64_t seed, LatencyRange latency);

  // `host` is a name, or "*.example.com" for all below it. What leads nowhere is DNS_FAILED.
  void route(std::string host, SimulatedProvider& provider);
  // Called at the end of each request.
  void observe(std::function<void(const Exchange&)> observer) { observer_ = std::move(observer); }

  Task<Result<http::Response>> send(http::SharedRequest request) override;

  uint64_t requests() const { return requests_; }
  // Requests under way and bodies that somebody still holds. Not zero in an idle world: somebody has leaked
  // one.
  size_t in_flight() const { return *in_flight_; }
  size_t in_flight_peak() const { return in_flight_peak_; }
  // The most that was in memory at a time of bodies that were not complete yet; streamed ones do not count.
  uint64_t arriving_bytes_peak() const { return arriving_->peak; }
  // The largest of those, or the length that one was announced with.
  uint64_t largest_body() const { return arriving_->largest; }

 private:
  struct Target;
  struct ArrivingBytes {
    uint64_t now = 0, peak = 0, largest = 0;
  };
  class Arriving;
  Task<Result<http::Response>> exchange(http::Request request);
  Task<Result<http::Response>> receive(std::shared_ptr<void> hold, http::Request request, SimResponse answer,
                                       SteadyTime deadline);
  Task<Result<void>> keep(const http::Request* request, std::string piece, std::string* body,
                          Arriving* arriving);
  SimulatedProvider* provider_of(std::string_view host) const;
  Duration draw_latency();

  Clock& clock_;
  SeededRandom random_;
  LatencyRange latency_;
  std::vector<std::pair<std::string, SimulatedProvider*>> routes_;
  std::function<void(const Exchange&)> observer_;
  uint64_t requests_ = 0;
  size_t in_flight_peak_ = 0;
  std::shared_ptr<size_t> in_flight_ = std::make_shared<size_t>(0); // shared, because bodies may outlive this
  std::shared_ptr<ArrivingBytes> arriving_ = std::make_shared<ArrivingBytes>();
};

} // namespace circuit::providers
