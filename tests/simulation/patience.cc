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

} // namespace

SystemTime true_time_at(const Clock& clock) {
  constexpr auto kStart = SystemTime(seconds(1'700'000'000));
  return kStart + clock.steady_now().time_since_epoch();
}

providers::SimResponse Patience::respond(const providers::SimRequest& request, SystemTime worker_time,
                                         std::optional<providers::ContentFault> fault) {
  const SteadyTime here = clock_.steady_now();
  const SystemTime now = true_time_at(clock_);
  const auto asked = asked_.find(request.host);
  if (watched_ && asked != asked_.end() && here > asked->second.since + kUnderWay &&
      here < asked->second.until) {
    oracle_.violated("a request before the time that Retry-After named: " + request.host + request.target);
  }
  providers::SimResponse response = provider_.respond(request, now, fault);
  const auto wait = providers::find_field(response.fields, "Retry-After");
  if (!wait) return response;
  Duration patience = seconds(std::atoi(wait->c_str()));
  if (const auto date = providers::parse_http_date(*wait, now)) {
    // Whose clock is wrong takes a date for another one.
    if (worker_time != now) return response;
    patience = *date - now;
  }
  // A date is a whole second, and the answer is on its way for a while.
  const SteadyTime until = here + patience - seconds(1);
  Asked& known = asked_[request.host];
  if (until > known.until) known = {here, until};
  return response;
}

} // namespace circuit::simulation
