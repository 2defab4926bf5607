#include "ingest/credentials/flights.h"

#include <exception>
#include <utility>

#include "ingest/runtime/deadline.h"

namespace circuit::credentials {
namespace {

Task<Result<bool>> until_finished(std::shared_ptr<Flight> flight) {
  while (!flight->finished) co_await flight->done.wait();
  co_return true;
}

Error still_flying() {
  return make_error(ErrorClass::kTransient, "REFRESH_PENDING", "The token is still being exchanged",
                    "Try again in a moment.");
}

} // namespace

Flights::Flights(boost::asio::any_io_executor executor, Limits limits, Run run)
    : executor_(executor), limits_(limits), run_(std::move(run)), tasks_(std::move(executor)) {}

std::shared_ptr<Flight> Flights::request(const std::string& connection, size_t lane, bool urgent) {
  const auto known = flights_.find(connection);
  std::shared_ptr<Flight> flight;
  if (known != flights_.end()) {
    flight = known->second;
    if (flight->started || !urgent) return flight;
  } else {
    flight = std::make_shared<Flight>();
    flight->connection = connection;
    flight->lane = lane;
    if (stopped_) {
      flight->finished = true;
      return flight;
    }
    flights_.emplace(connection, flight);
  }
  if (lanes_.size() <= flight->lane) lanes_.resize(flight->lane + 1);
  auto& waiting = lanes_[flight->lane].waiting;
  // One that waits already and has become urgent is in line twice; take() passes over the second.
  if (urgent)
    waiting.push_front(flight);
  else
    waiting.push_back(flight);
  dispatch();
  return flight;
}

std::shared_ptr<Flight> Flights::take(Lane& lane) {
  while (!lane.waiting.empty() && lane.running < limits_.per_lane) {
    auto flight = std::move(lane.waiting.front());
    lane.waiting.pop_front();
    if (!flight->started) return flight;
  }
  return nullptr;
}

void Flights::dispatch() {
  size_t idle = 0;
  while (!stopped_ && running_ < limits_.total && idle < lanes_.size()) {
    Lane& lane = lanes_[next_lane_];
    next_lane_ = (next_lane_ + 1) % lanes_.size();
    auto flight = take(lane);
    if (!flight) {
      ++idle;
      continue;
    }
    idle = 0;
    flight->started = true;
    ++lane.running;
    ++running_;
    tasks_.spawn(fly(std::move(flight)));
  }
}

Task<void> Flights::fly(std::shared_ptr<Flight> flight) {
  std::exception_ptr failure;
  try {
    co_await run_(flight->connection, flight->lane);
  } catch (...) { // handed on below
    failure = std::current_exception();
  }
  --running_;
  --lanes_[flight->lane].running;
  finish(*flight);
  changed_.notify_all();
  dispatch();
  if (failure) std::rethrow_exception(failure);
}

void Flights::finish(Flight& flight) {
  const auto known = flights_.find(flight.connection);
  if (known != flights_.end() && known->second.get() == &flight) flights_.erase(known);
  flight.finished = true;
  flight.done.notify_all();
}

Task<bool> Flights::wait(std::string connection, Clock& clock, Duration limit) {
  const auto known = flights_.find(connection);
  if (known == flights_.end()) co_return true;
  auto operation = until_finished(known->second);
  auto timeout = still_flying();
  auto ended = co_await with_deadline(executor_, clock, limit, std::move(operation), std::move(timeout));
  co_return ended.ok();
}

Task<void> Flights::stop(Clock& clock, Duration grace) {
  stopped_ = true;
  for (auto& lane : lanes_) {
    for (auto& flight : std::exchange(lane.waiting, {})) {
      if (!flight->started) finish(*flight);
    }
  }
  const SteadyTime limit = clock.steady_now() + grace;
  while (running_ > 0 && clock.steady_now() < limit) {
    constexpr Duration kLook = std::chrono::milliseconds(20);
    co_await clock.sleep_for(kLook);
  }
  tasks_.cancel();
  co_await tasks_.join();
}

} // namespace circuit::credentials
