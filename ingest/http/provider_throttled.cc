#include "ingest/http/provider_throttled.h"

#include "ingest/text/dates.h"
#include "ingest/text/url.h"

namespace circuit::http {

Error provider_throttled(const std::string& url, SystemTime until, SystemTime now) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(until - now).count();
  Error error =
      make_error(ErrorClass::kThrottled, "PROVIDER_THROTTLED",
                 text::url_origin(url) + " asks to be left alone for " + std::to_string(seconds) +
                     " s, until " + text::format_rfc3339(std::chrono::ceil<std::chrono::seconds>(until)),
                 "Nothing needs to be done: work goes on by itself after that time.");
  error.retry_at = until;
  return error;
}

} // namespace circuit::http
