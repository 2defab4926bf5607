#include "tests/simulation/patience.h"

#include <algorithm>
#include <cstdlib>

#include "tests/providers/http_date.h"

namespace circuit::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// What was under way already when the answer came.
constexpr Duration kUnderWay = milliseconds(200);

std::string host_of(const std::string& url) {
  const size_t begin = url.find("://") + 3;
  return url.substr(begin, url.find('/', begin) - begin);
}

} // namespace

SystemTime true_time_at(const Clock& clock) {
  constexpr auto kStart = SystemTime(seconds(1'700'000'000));
  return kStart + clock.steady_now().time_since_epoch();
}

providers::SimResponse Patience::respond(const providers::SimRequest& request, SystemTime,
                                         std::optional<providers::ContentFault> fault) {
  const SteadyTime here = clock_.steady_now();
  const auto asked = asked_.find(request.host);
  if (watched_ && asked != asked_.end() && here > asked->second.since + kUnderWay &&
      here < asked->second.until) {
    oracle_.violated("a request before the time that Retry-After named: " + request.host + request.target);
  }
  return provider_.respond(request, true_time_at(clock_), fault);
}

void Patience::heard(const providers::Exchange& exchange) {
  if (exchange.response == nullptr || !exchange.response->headers.has("Retry-After")) return;
  const std::string wait(exchange.response->headers.get("Retry-After"));
  const SteadyTime here = clock_.steady_now();
  const SystemTime now = true_time_at(clock_);
  Duration patience = seconds(std::atoi(wait.c_str()));
  if (const auto date = providers::parse_http_date(wait, now)) {
    // Whose clock is wrong takes a date for another one.
    if (exchange.ended != now) return;
    patience = *date - now;
  }
  // A date is a whole second.
  const SteadyTime until = here + patience - seconds(1);
  Asked& known = asked_[host_of(exchange.url)];
  if (until > known.until) known = {here, until};
}

} // namespace circuit::simulation
