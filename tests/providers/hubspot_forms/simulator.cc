#include "tests/providers/hubspot_forms/simulator.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "tests/providers/http_date.h"
#include "tests/providers/hubspot_forms/shapes.h"

namespace circuit::providers::hubspot_forms {
namespace {

namespace json = boost::json;

SimResponse json_response(int status, const json::object& body) {
  return text_response(status, "application/json;charset=utf-8", json::serialize(body));
}

std::optional<int64_t> number(std::string_view text) {
  int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// nullopt: outside of its bounds.
std::optional<size_t> limit_of(const SimRequest& request, int64_t otherwise, int64_t most) {
  const auto given = request.query("limit");
  if (!given) return static_cast<size_t>(otherwise);
  const auto value = number(*given);
  if (!value || *value < 1 || *value > most) return std::nullopt;
  return static_cast<size_t>(*value);
}

// The address of the next page is that of this one with another `after`.
void add_next(json::object& body, const SimRequest& request, const std::string& after) {
  std::string link = "https://" + request.host + std::string(request.path()) + "?after=" + after;
  for (const char* name : {"limit", "archived", "formTypes"}) {
    if (const auto value = request.query(name)) link.append("&").append(name).append("=").append(*value);
  }
  body["paging"] = json::object{{"next", json::object{{"after", after}, {"link", std::move(link)}}}};
}

// Opaque to clients: the time and the order of the last one that was given. nullopt: it is none.
std::optional<Place> read_place(const std::string& after) {
  const size_t dot = after.find('.');
  const auto time = number(after.substr(0, dot));
  const auto order = dot == std::string::npos ? std::nullopt : number(after.substr(dot + 1));
  if (!time || !order) return std::nullopt;
  return Place{*time, static_cast<uint64_t>(*order)};
}

} // namespace

SimResponse HubSpotSimulator::respond(const SimRequest& request, SystemTime now,
                                      std::optional<ContentFault> /*fault*/) {
  SimResponse response;
  if (find_field(request.fields, "Authorization") != "Bearer " + options_.token) {
    response = refusal(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.");
  } else if (auto limited = over_a_limit(now)) {
    response = std::move(*limited);
  } else if (request.method != "GET") {
    response = refusal(405, "METHOD_NOT_ALLOWED", "HTTP 405 Method Not Allowed");
  } else {
    response = answer(request);
  }
  response.fields.emplace_back("Date", format_http_date(now));
  return response;
}

std::optional<SimResponse> HubSpotSimulator::over_a_limit(SystemTime now) {
  constexpr auto kWindow = std::chrono::seconds(10);
  while (!recent_.empty() && recent_.front() + kWindow <= now) recent_.pop_front();
  const int64_t day = now.time_since_epoch() / std::chrono::hours(24);
  if (day != day_) {
    day_ = day;
    today_ = 0;
  }
  const bool daily = today_ >= options_.requests_per_day;
  if (!daily && recent_.size() < options_.requests_per_ten_seconds) {
    recent_.push_back(now);
    ++today_;
    return std::nullopt;
  }
  ++refused_;
  auto body = error_json(
      "RATE_LIMITS",
      daily ? "You have reached your daily limit." : "You have reached your ten_secondly_rolling limit.",
      ++refusals_);
  body["errorType"] = "RATE_LIMIT";
  body["policyName"] = daily ? "DAILY" : "TEN_SECONDLY_ROLLING";
  auto response = json_response(429, body);
  response.fields.emplace_back("X-HubSpot-RateLimit-Max", std::to_string(options_.requests_per_ten_seconds));
  response.fields.emplace_back("X-HubSpot-RateLimit-Interval-Milliseconds", "10000");
  return response;
}

SimResponse HubSpotSimulator::refusal(int status, const char* category, const char* message) {
  return json_response(status, error_json(category, message, ++refusals_));
}

SimResponse HubSpotSimulator::answer(const SimRequest& request) {
  const std::string path(request.path());
  constexpr std::string_view kForms = "/marketing/v3/forms";
  constexpr std::string_view kSubmissions = "/form-integrations/v1/submissions/forms/";
  if (!scopes_.contains("forms"))
    return refusal(403, "MISSING_SCOPES", "This app hasn't been granted all required scopes.");
  if (path == kForms) return list_forms(request);
  if (path.starts_with(std::string(kForms) + "/")) return one_form(path.substr(kForms.size() + 1), request);
  if (path.starts_with(kSubmissions)) return list_submissions(path.substr(kSubmissions.size()), request);
  return refusal(404, "OBJECT_NOT_FOUND", "resource not found");
}

SimResponse HubSpotSimulator::list_forms(const SimRequest& request) {
  const auto limit = limit_of(request, 20, 100);
  const auto after = number(request.query("after").value_or("0"));
  if (!limit || !after || *after < 0) return refusal(400, "VALIDATION_ERROR", "Invalid input.");
  const bool archived = request.query("archived") == "true";
  const std::string types = request.query("formTypes").value_or("hubspot");
  json::array results;
  auto at = static_cast<size_t>(*after);
  for (; at < world_.forms().size() && results.size() < *limit; ++at) {
    const SimForm& form = world_.forms()[at];
    const bool wanted = types == "all" || types == form.type;
    if (wanted && form.archived == archived && !form.deleted) results.push_back(form_json(form));
  }
  json::object body{{"results", std::move(results)}};
  if (at < world_.forms().size()) add_next(body, request, std::to_string(at));
  return json_response(200, body);
}

SimResponse HubSpotSimulator::one_form(const std::string& id, const SimRequest& request) {
  const bool archived = request.query("archived") == "true";
  for (const SimForm& form : world_.forms()) {
    if (form.id == id && form.archived == archived && !form.deleted)
      return json_response(200, form_json(form));
  }
  return refusal(404, "OBJECT_NOT_FOUND", "Form not found.");
}

SimResponse HubSpotSimulator::list_submissions(const std::string& id, const SimRequest& request) {
  const auto limit = limit_of(request, 20, 50);
  const std::string after = request.query("after").value_or("");
  const auto place = read_place(after);
  const bool is_refused = !after.empty() && (!place || paging_ == Paging::kRefused);
  if (!limit || is_refused) return refusal(400, "VALIDATION_ERROR", "Invalid input.");
  const auto form = std::ranges::find_if(
      world_.forms(), [&](const SimForm& candidate) { return candidate.id == id && !candidate.deleted; });
  if (form == world_.forms().end()) return refusal(404, "OBJECT_NOT_FOUND", "Form not found.");
  const auto page = world_.page(static_cast<size_t>(form - world_.forms().begin()), place, *limit);
  json::array results;
  for (const SimSubmission* submission : page.submissions) results.push_back(submission_json(*submission));
  json::object body{{"results", std::move(results)}};
  if (page.more && paging_ == Paging::kStuck && !after.empty()) {
    add_next(body, request, after);
  } else if (page.more) {
    const SimSubmission& last = *page.submissions.back();
    add_next(body, request, std::to_string(last.submitted_at_ms) + "." + std::to_string(last.order));
  }
  return json_response(200, body);
}

} // namespace circuit::providers::hubspot_forms
