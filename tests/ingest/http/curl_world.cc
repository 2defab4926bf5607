#include "tests/ingest/http/curl_world.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <stdexcept>

namespace circuit::http {
namespace {

Task<void> send_into(CurlWorld::Sent* sent, HttpTransport* through, Request request) {
  Result<Response> result = co_await through->send(std::move(request));
  sent->result.emplace(std::move(result));
}

Task<void> read_into(std::optional<Result<std::string>>* out, BodyStream* stream) {
  Result<std::string> piece = co_await stream->read();
  out->emplace(std::move(piece));
}

Task<void> sleep_until(Clock* clock, SteadyTime time, bool* done) {
  co_await clock->sleep_until(time);
  *done = true;
}

} // namespace

CurlWorld::CurlWorld(TransportOptions options) {
  auto created = CurlTransport::create(loop, std::move(options));
  if (!created) throw std::runtime_error(created.error().to_string());
  transport = std::move(*created);
}

TransportOptions CurlWorld::no_proxy() {
  TransportOptions options;
  options.proxy = "";
  return options;
}

Request CurlWorld::get(const std::string& url) {
  Request request;
  request.url = url;
  request.address_policy = AddressPolicy::kAnyAddress;
  return request;
}

CurlWorld::Sent& CurlWorld::start_through(HttpTransport& through, Request request) {
  Sent& sent = all_sent.emplace_back();
  boost::asio::co_spawn(
      loop.executor(), send_into(&sent, &through, std::move(request)),
      boost::asio::bind_cancellation_slot(sent.stop.slot(), [&sent](std::exception_ptr error) {
        sent.ended = true;
        sent.error_thrown = error;
      }));
  return sent;
}

CurlWorld::Sent& CurlWorld::send_through(HttpTransport& through, Request request) {
  Sent& sent = start_through(through, std::move(request));
  if (!wait_for([&sent] { return sent.ended; })) throw std::runtime_error("no answer within 20 s");
  return sent;
}

Result<std::string> CurlWorld::read(BodyStream& stream) {
  std::optional<Result<std::string>> piece;
  boost::asio::co_spawn(loop.executor(), read_into(&piece, &stream), boost::asio::detached);
  if (!wait_for([&piece] { return piece.has_value(); })) throw std::runtime_error("no piece within 20 s");
  return std::move(*piece);
}

bool CurlWorld::wait_for(const std::function<bool()>& condition) {
  const SteadyTime end = machine_steady_now() + std::chrono::seconds(20);
  loop.run_while([&] { return !condition() && machine_steady_now() < end; });
  return condition();
}

void CurlWorld::wait(Duration duration) {
  bool done = false;
  boost::asio::co_spawn(loop.executor(), sleep_until(&loop.clock(), machine_steady_now() + duration, &done),
                        boost::asio::detached);
  loop.run_while([&done] { return !done; });
}

} // namespace circuit::http
