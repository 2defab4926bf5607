#include "tests/providers/faulty_provider.h"

#include <iterator>

#include "tests/providers/http_date.h"

namespace circuit::providers {
namespace {

using std::chrono::seconds;

template <size_t N>
int one_of(Random& random, const int (&values)[N]) {
  return values[random.below(N)];
}

SimResponse broken(Delivery::Break how) {
  SimResponse response;
  response.status = 0;
  response.delivery.broken = how;
  return response;
}

SimResponse error_page(int status, SystemTime now) {
  SimResponse response =
      text_response(status, "text/html; charset=utf-8",
                    "<html><head><title>Error</title></head><body>Please try again later.</body></html>");
  set_field(response.fields, "Date", format_http_date(now));
  return response;
}

SimResponse throttled(Random& random, SystemTime now) {
  SimResponse response = error_page(random.chance(0.7) ? 429 : 503, now);
  const auto wait = seconds(1 + random.below(120));
  set_field(response.fields, "Retry-After",
            random.chance(0.5) ? std::to_string(wait.count()) : format_http_date(now + wait));
  return response;
}

SimResponse redirect_to_alias(Random& random, const SimRequest& request, SystemTime now) {
  SimResponse response = error_page(random.chance(0.5) ? 302 : 307, now);
  const char separator = request.target.find('?') == std::string::npos ? '?' : '&';
  set_field(response.fields, "Location", request.target + separator + "via=mirror");
  return response;
}

// Keeps the charset, which is a fact about the bytes and not about the type.
void mislabel(Random& random, SimResponse& response) {
  static constexpr const char* kTypes[] = {"text/html", "application/octet-stream", "text/plain",
                                           "application/x-unknown"};
  const std::string type = find_field(response.fields, "Content-Type").value_or("");
  const size_t parameters = std::min(type.find(';'), type.size());
  set_field(response.fields, "Content-Type",
            kTypes[random.below(std::size(kTypes))] + type.substr(parameters));
}

size_t body_size(const SimResponse& response) { return response.body ? response.body->size() : 0; }

} // namespace

SimResponse FaultyProvider::respond(const SimRequest& request, SystemTime now,
                                    std::optional<ContentFault> fault) {
  const std::optional<Fault> drawn = fault ? std::nullopt : plan_.draw();
  return drawn ? respond_with(*drawn, request, now) : provider_.respond(request, now, fault);
}

SimResponse FaultyProvider::respond_with(Fault fault, const SimRequest& request, SystemTime now) {
  Random& random = plan_.random();
  switch (fault) {
    case Fault::kRefused:
      return broken(Delivery::Break::kRefused);
    case Fault::kReset:
      return broken(Delivery::Break::kReset);
    case Fault::kClientError:
      return error_page(one_of(random, {400, 403, 404, 408}), now);
    case Fault::kServerError:
      return error_page(one_of(random, {500, 502, 503, 504}), now);
    case Fault::kThrottled:
      return throttled(random, now);
    case Fault::kStale:
      return provider_.respond(request, now, ContentFault::kStale);
    case Fault::kRepeatedPage:
      return provider_.respond(request, now, ContentFault::kRepeatedPage);
    case Fault::kEmptyPage:
      return provider_.respond(request, now, ContentFault::kEmptyPage);
    case Fault::kRedirectFlap:
      if (!request.query("via")) return redirect_to_alias(random, request, now);
      break;
    default:
      break;
  }
  SimResponse response = provider_.respond(request, now, std::nullopt);
  switch (fault) {
    case Fault::kTruncated:
      response.delivery.cut_after = random.below(body_size(response) + 1);
      break;
    case Fault::kSlow:
      response.delivery.bytes_per_second = 1 + body_size(response) / (1 + random.below(8));
      break;
    case Fault::kStalled:
      response.delivery.delay += std::chrono::minutes(5);
      break;
    case Fault::kWrongContentType:
      mislabel(random, response);
      break;
    case Fault::kClockSkew: {
      const auto skew = seconds(random.below(6 * 3600)) - std::chrono::hours(3);
      set_field(response.fields, "Date", format_http_date(now + skew));
      break;
    }
    case Fault::kEmptyBody:
      if (response.status != 200) break;
      response.body = nullptr;
      response.pieces = nullptr;
      remove_field(response.fields, "Content-Encoding");
      break;
    default:
      break;
  }
  return response;
}

} // namespace circuit::providers
