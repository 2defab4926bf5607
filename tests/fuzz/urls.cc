// The first line is a base, the rest a reference.

#include "ingest/text/url.h"

#include "feeds/rss/identity.h"
#include "ingest/text/charset.h"
#include "tests/fuzz/curl_view.h"
#include "tests/fuzz/target.h"

namespace circuit::fuzz {
namespace {

void check_normalized(std::string_view url) {
  const std::string origin = text::url_origin(url);
  const auto parts = text::split_url(url);
  require(parts.has_value() == !origin.empty(), "what can be split has an origin", url);
  const auto normalized = text::normalize_url(url);
  if (!normalized) return require(!parts, "what can be split can be normalized", url);
  require(text::normalize_url(*normalized) == normalized, "normalizing again changes nothing", *normalized);
  if (!parts) return; // a port that is none
  require(text::url_origin(*normalized) == origin, "normalizing keeps the origin", *normalized);
  require(parts->port >= 0 && parts->port <= 65535, "a port is one", url);
}

// libcurl decides where a request goes; what it takes for a password must not be logged.
void check_loggable(std::string_view url) {
  const std::string shown = text::loggable_url(url);
  require(text::loggable_url(shown) == shown, "what may be logged may be logged again",
          std::string(url) + "\n" + shown);
  const auto seen = curl_view(std::string(url));
  if (!seen) return;
  for (const std::string& secret : {seen->user, seen->password}) {
    constexpr size_t kTelling = 6;
    const size_t first = secret.size() < kTelling ? std::string::npos : url.find(secret);
    if (first == std::string_view::npos || url.find(secret, first + 1) != std::string_view::npos) continue;
    require(shown.find(secret) == std::string::npos, "user and password are not logged",
            std::string(url) + "\n" + shown);
  }
}

// Whatever surrounds them, what stands in these places is a secret.
void check_planted(std::string_view piece) {
  const std::string around(piece.substr(0, piece.find_first_of("&;#?")));
  constexpr std::string_view kSecret = "hunter2hunter2";
  if (around.find("hunter2") != std::string::npos) return;
  for (const std::string& url : {"https://user:" + std::string(kSecret) + "@host/" + around,
                                 "https://host/a?" + around + "&access_token=" + std::string(kSecret),
                                 "https://host/a?api_key=" + std::string(kSecret) + "&" + around,
                                 "https://host/" + around + "#id_token=" + std::string(kSecret)}) {
    require(text::loggable_url(url).find(kSecret) == std::string::npos, "a secret is not logged", url);
  }
}

void check_resolved(std::string_view base, std::string_view reference) {
  const std::string resolved = text::resolve_url(base, reference);
  if (text::is_valid_utf8(base) && text::is_valid_utf8(reference)) {
    require(text::is_valid_utf8(resolved), "resolving keeps UTF-8", resolved);
  }
  require(resolved.size() <= (base.size() + reference.size()) * 3 + 16, "its size is bounded by the input's",
          resolved);
  const bool absolute = resolved.starts_with("http://") || resolved.starts_with("https://");
  if (absolute) {
    require(text::resolve_url(base, resolved) == resolved, "an absolute URL resolves to itself", resolved);
  }
}

} // namespace

void check_input(std::string_view input) {
  Input in(input);
  const std::string_view base = in.line();
  const std::string_view reference = in.rest();
  check_resolved(base, reference);
  check_resolved("https://host.example/a/b?c#d", reference);
  check_normalized(base);
  check_normalized(reference);
  check_loggable(base);
  check_loggable(reference);
  check_planted(reference);
  const std::string canonical = feeds::rss::canonical_link(base);
  require(feeds::rss::canonical_link(canonical) == canonical, "a canonical link is canonical", canonical);
}

} // namespace circuit::fuzz
