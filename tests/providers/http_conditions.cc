#include "tests/providers/http_conditions.h"

#include <algorithm>
#include <cstdlib>

#include "tests/providers/http_date.h"

namespace circuit::providers {
namespace {

using Match = bool (*)(std::string_view, std::string_view);

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes the next entity-tag off a list; commas inside of quotes belong to the tag. Empty at the end or at bad
// syntax.
std::string_view take_etag(std::string_view& list) {
  while (!list.empty() && (list.front() == ' ' || list.front() == '\t' || list.front() == ','))
    list.remove_prefix(1);
  const size_t open = list.starts_with("W/") ? 2 : 0;
  if (list.size() <= open || list[open] != '"') return {};
  const size_t close = list.find('"', open + 1);
  if (close == std::string_view::npos) return {};
  const std::string_view tag = list.substr(0, close + 1);
  list.remove_prefix(close + 1);
  return tag;
}

bool list_contains(std::string_view list, std::string_view etag, Match match) {
  if (trim(list) == "*") return true;
  for (std::string_view tag = take_etag(list); !tag.empty(); tag = take_etag(list)) {
    if (match(tag, etag)) return true;
  }
  return false;
}

std::string_view opaque(std::string_view etag) { return etag.starts_with("W/") ? etag.substr(2) : etag; }

// 0 where the coding is not acceptable, -1 where the list does not name it.
double quality_of(std::string_view list, std::string_view coding) {
  while (!list.empty()) {
    const size_t end = std::min(list.find(','), list.size());
    const std::string_view element = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    const size_t semicolon = std::min(element.find(';'), element.size());
    if (!same_token(trim(element.substr(0, semicolon)), coding)) continue;
    const std::string parameter(trim(element.substr(std::min(semicolon + 1, element.size()))));
    return parameter.starts_with("q=") || parameter.starts_with("Q=") ? std::atof(parameter.c_str() + 2)
                                                                      : 1.0;
  }
  return -1;
}

} // namespace

bool etags_match_weakly(std::string_view a, std::string_view b) {
  return !a.empty() && opaque(a) == opaque(b);
}

bool etags_match_strongly(std::string_view a, std::string_view b) {
  return !a.empty() && a == b && !a.starts_with("W/");
}

Precondition evaluate_preconditions(const SimRequest& request, const Validators& validators, SystemTime now) {
  const auto date_of = [&](std::string_view name) -> std::optional<SystemTime> {
    const auto value = find_field(request.fields, name);
    return value ? parse_http_date(*value, now) : std::nullopt;
  };
  if (const auto if_match = find_field(request.fields, "If-Match")) {
    if (!list_contains(*if_match, validators.etag, etags_match_strongly)) return Precondition::kFailed;
  } else if (const auto since = date_of("If-Unmodified-Since"); since && validators.last_modified) {
    if (*validators.last_modified > *since) return Precondition::kFailed;
  }
  const bool reading = request.method == "GET" || request.method == "HEAD";
  if (const auto if_none_match = find_field(request.fields, "If-None-Match")) {
    if (list_contains(*if_none_match, validators.etag, etags_match_weakly)) {
      return reading ? Precondition::kNotModified : Precondition::kFailed;
    }
    return Precondition::kPassed; // If-Modified-Since is ignored beside it, whether it matched or not
  }
  if (const auto since = date_of("If-Modified-Since"); reading && since && validators.last_modified) {
    if (*validators.last_modified <= *since) return Precondition::kNotModified;
  }
  return Precondition::kPassed;
}

bool accepts_gzip(const std::optional<std::string>& accept_encoding) {
  // Without the field every coding is acceptable, but clients that send none rarely decode any.
  if (!accept_encoding) return false;
  double quality = quality_of(*accept_encoding, "gzip");
  if (quality < 0) quality = quality_of(*accept_encoding, "x-gzip");
  if (quality < 0) quality = quality_of(*accept_encoding, "*");
  return quality > 0;
}

} // namespace circuit::providers
