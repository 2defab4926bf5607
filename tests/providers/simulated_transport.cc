#include "tests/providers/simulated_transport.h"

#include <algorithm>

#include "ingest/http/body_credit.h"
#include "tests/providers/simulated_body.h"
#include "tests/providers/transport_errors.h"

namespace circuit::providers {
namespace {

// Counts a request, or a body that is being read, as long as it lives.
std::shared_ptr<void> hold_one(std::shared_ptr<size_t> count) {
  ++*count;
  return std::shared_ptr<void>(nullptr, [count = std::move(count)](void*) { --*count; });
}

bool has_body(const SimResponse& answer, const http::Request& request) {
  return request.method != "HEAD" && answer.status != 204 && answer.status != 304;
}

http::Response head_of(const http::Request& request, const SimResponse& answer) {
  http::Response response;
  response.status = answer.status;
  response.url = request.url;
  for (const auto& [name, value] : answer.fields) response.headers.add(name, value);
  if (!answer.pieces && answer.status != 204 && answer.status != 304) {
    response.headers.add("Content-Length", std::to_string(answer.body ? answer.body->size() : 0));
  }
  return response;
}

} // namespace

// A URL taken apart as far as a transport needs it.
struct SimulatedTransport::Target {
  std::string host, path_and_query;

  static Result<Target> parse(const std::string& url) {
    const size_t scheme_end = url.find("://");
    if (scheme_end == std::string::npos || scheme_end == 0) return url_malformed(url);
    const std::string_view scheme = std::string_view(url).substr(0, scheme_end);
    if (!same_token(scheme, "http") && !same_token(scheme, "https")) return url_scheme_refused(url);
    std::string_view rest = std::string_view(url).substr(scheme_end + 3);
    rest = rest.substr(0, rest.find('#'));
    const size_t authority_end = std::min(rest.find_first_of("/?"), rest.size());
    std::string_view host = rest.substr(0, authority_end);
    if (const size_t at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
    const size_t bracket = host.find(']');
    host = host.substr(0, host.find(':', bracket == std::string_view::npos ? 0 : bracket));
    if (host.empty()) return url_malformed(url);
    Target target{std::string(host), std::string(rest.substr(authority_end))};
    for (char& c : target.host) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    if (!target.path_and_query.starts_with('/')) target.path_and_query.insert(0, 1, '/');
    return target;
  }
};

// Bytes of a body that are in memory while more of it is to come.
class SimulatedTransport::Arriving {
 public:
  explicit Arriving(std::shared_ptr<ArrivingBytes> all) : all_(std::move(all)) {}
  Arriving(const Arriving&) = delete;
  Arriving& operator=(const Arriving&) = delete;
  ~Arriving() { all_->now -= own_; }
  void add(uint64_t bytes) {
    own_ += bytes;
    all_->now += bytes;
    all_->peak = std::max(all_->peak, all_->now);
    all_->largest = std::max(all_->largest, own_);
  }

 private:
  std::shared_ptr<ArrivingBytes> all_;
  uint64_t own_ = 0;
};

SimulatedTransport::SimulatedTransport(Clock& clock, uint64_t seed, LatencyRange latency)
    : clock_(clock), random_(seed), latency_(latency) {}

void SimulatedTransport::route(std::string host, SimulatedProvider& provider) {
  routes_.emplace_back(std::move(host), &provider);
}

SimulatedProvider* SimulatedTransport::provider_of(std::string_view host) const {
  for (const auto& [pattern, provider] : routes_) {
    const bool below = pattern.starts_with("*.") && host.ends_with(std::string_view(pattern).substr(1));
    if (below || pattern == host) return provider;
  }
  return nullptr;
}

Duration SimulatedTransport::draw_latency() {
  const auto span = static_cast<uint64_t>((latency_.max - latency_.min).count());
  return latency_.min + Duration(static_cast<Duration::rep>(random_.below(span + 1)));
}

Task<Result<http::Response>> SimulatedTransport::send(http::SharedRequest request) {
  ++requests_;
  Exchange record{{}, request->method, request->url, 0, {}, nullptr};
  Result<http::Response> response = co_await exchange(*request);
  if (observer_) {
    record.ended = clock_.now();
    if (response) {
      record.status = response->status;
      record.response = &*response;
    } else {
      record.reason = response.error().reason;
    }
    observer_(record);
  }
  co_return std::move(response);
}

Task<Result<http::Response>> SimulatedTransport::exchange(http::Request request) {
  const std::shared_ptr<void> hold = hold_one(in_flight_);
  in_flight_peak_ = std::max(in_flight_peak_, *in_flight_);
  const SteadyTime started = clock_.steady_now();
  const SteadyTime deadline = started + request.total_timeout;

  const Result<Target> target = Target::parse(request.url);
  if (!target) co_return target.error();
  const Duration latency = draw_latency();
  co_await clock_.sleep_for(latency / 2);
  SimulatedProvider* provider = provider_of(target->host);
  if (provider == nullptr) co_return dns_failed(request.url);

  SimRequest asked;
  asked.method = request.method;
  asked.host = target->host;
  asked.target = target->path_and_query;
  asked.body = request.body;
  for (const auto& [name, value] : request.headers.fields()) asked.fields.emplace_back(name, value);
  if (!request.keeps_encoding && !find_field(asked.fields, "Accept-Encoding"))
    asked.fields.emplace_back("Accept-Encoding", "gzip");
  SimResponse answer = provider->respond(asked, clock_.now(), std::nullopt);

  if (answer.delivery.broken == Delivery::Break::kRefused) co_return connect_failed(request.url);
  const SteadyTime arrives = clock_.steady_now() + answer.delivery.delay + latency - latency / 2;
  const SteadyTime patience_ends = std::min(deadline, started + request.idle_timeout);
  co_await clock_.sleep_until(std::min(arrives, patience_ends));
  if (arrives > patience_ends) co_return timed_out(request.url);
  if (answer.delivery.broken == Delivery::Break::kReset) co_return connection_reset(request.url);
  auto response = receive(hold, std::move(request), std::move(answer), deadline);
  co_return co_await std::move(response);
}

Task<Result<http::Response>> SimulatedTransport::receive(std::shared_ptr<void> hold, http::Request request,
                                                         SimResponse answer, SteadyTime deadline) {
  http::Response response = head_of(request, answer);
  const std::string coding = find_field(answer.fields, "Content-Encoding").value_or("");
  const bool gzipped = !request.keeps_encoding && same_token(coding, "gzip");
  const bool unknown = !gzipped && !coding.empty() && !same_token(coding, "identity");
  constexpr int kFirstError = 400;
  const bool status_counts = response.status >= kFirstError;
  if (unknown && !request.keeps_encoding) {
    if (!status_counts) co_return bad_encoding(request.url);
    answer.body = nullptr; // what cannot be decoded is left out
  }
  BodyLimits limits{request.url, request.max_body_bytes,     request.idle_timeout,
                    deadline,    !has_body(answer, request), status_counts};
  if (request.stream_body) limits.deadline = SteadyTime::max(); // whoever reads decides how long that takes
  std::unique_ptr<BodyPieces> pieces = std::move(answer.pieces);
  auto body = std::make_unique<SimulatedBody>(clock_, std::move(hold), answer, std::move(pieces), gzipped,
                                              std::move(limits));
  if (request.stream_body) {
    response.stream = std::move(body);
    co_return std::move(response);
  }
  if (request.claim && answer.body) {
    request.claim->expect(answer.body->size());
    arriving_->largest = std::max<uint64_t>(arriving_->largest, answer.body->size());
  }
  Arriving arriving(arriving_);
  for (;;) {
    Result<std::string> piece = co_await body->read();
    if (!piece) co_return piece.error();
    if (piece->empty()) break;
    const Result<void> kept = co_await keep(&request, *std::move(piece), &response.body, &arriving);
    if (!kept) co_return kept.error();
  }
  response.wire_bytes = body->wire_bytes();
  co_return std::move(response);
}

// A part at a time, as a socket gives it; others get theirs in between.
Task<Result<void>> SimulatedTransport::keep(const http::Request* request, std::string piece,
                                            std::string* body, Arriving* arriving) {
  constexpr size_t kParts = 4;
  const size_t part = request->claim ? piece.size() / kParts + 1 : piece.size();
  for (size_t from = 0; from < piece.size(); from += part) {
    const std::string_view next = std::string_view(piece).substr(from, part);
    if (request->claim) {
      const bool is_paid = co_await request->claim->cover(body->size() + next.size());
      if (!is_paid) co_return http::body_credit_spent();
    }
    *body += next;
    arriving->add(next.size());
    if (from + part < piece.size()) co_await clock_.sleep_for(std::chrono::milliseconds(1));
  }
  co_return Result<void>();
}

} // namespace circuit::providers
