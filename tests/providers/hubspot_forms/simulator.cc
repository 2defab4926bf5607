#include "tests/providers/hubspot_forms/simulator.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "tests/providers/http_date.h"

namespace circuit::providers::hubspot_forms {
namespace {

namespace json = boost::json;

SimResponse json_response(int status, const json::object& body) {
  return text_response(status, "application/json;charset=utf-8", json::serialize(body));
}

SimResponse refusal(int status, const char* category, const char* message) {
  return json_response(status, {{"status", "error"}, {"category", category}, {"message", message}});
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

json::object field(const char* name, const char* label, const char* type) {
  return {{"objectTypeId", "0-1"},
          {"name", name},
          {"label", label},
          {"required", false},
          {"hidden", false},
          {"fieldType", type},
          {"dependentFields", json::array()}};
}

json::object form_json(const SimForm& form) {
  json::array fields;
  fields.push_back(field("email", "Your address", "email"));
  fields.push_back(field("message", "What is it about?", "multi_line_text"));
  fields.push_back(field("interests", "Interests", "multiple_checkboxes"));
  json::object group{{"groupType", "default_group"}, {"richTextType", "text"}, {"fields", std::move(fields)}};
  return {{"id", form.id},
          {"name", form.name},
          {"createdAt", "2026-01-01T00:00:00.000Z"},
          {"updatedAt", "2026-01-01T00:00:00.000Z"},
          {"archived", form.archived},
          {"formType", form.type},
          {"fieldGroups", json::array{std::move(group)}},
          {"configuration", json::object{{"language", "en"}}},
          {"displayOptions", json::object()},
          {"legalConsentOptions", json::object{{"type", "none"}}}};
}

json::object value_json(const char* name, const std::string& value) {
  return {{"objectTypeId", "0-1"}, {"name", name}, {"value", value}};
}

json::object submission_json(const SimSubmission& submission) {
  json::array values;
  values.push_back(value_json("email", "person" + std::to_string(submission.order) + "@example.org"));
  values.push_back(value_json("message", submission.marker + " " + submission.text));
  values.push_back(value_json("interests", "music"));
  values.push_back(value_json("interests", "rowing"));
  json::object out{{"conversionId", submission.conversion_id},
                   {"values", std::move(values)},
                   {"pageUrl", "https://www.example.org/contact"}};
  if (!submission.malformed) out["submittedAt"] = submission.submitted_at_ms;
  return out;
}

void add_next(json::object& body, const std::string& after) {
  body["paging"] = json::object{{"next", json::object{{"after", after}}}};
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
  auto response = json_response(429, {{"status", "error"},
                                      {"errorType", "RATE_LIMIT"},
                                      {"policyName", daily ? "DAILY" : "TEN_SECONDLY_ROLLING"},
                                      {"message", "You have reached your limit."}});
  response.fields.emplace_back("X-HubSpot-RateLimit-Max", std::to_string(options_.requests_per_ten_seconds));
  response.fields.emplace_back("X-HubSpot-RateLimit-Interval-Milliseconds", "10000");
  return response;
}

SimResponse HubSpotSimulator::answer(const SimRequest& request) const {
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

SimResponse HubSpotSimulator::list_forms(const SimRequest& request) const {
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
  if (at < world_.forms().size()) add_next(body, std::to_string(at));
  return json_response(200, body);
}

SimResponse HubSpotSimulator::one_form(const std::string& id, const SimRequest& request) const {
  const bool archived = request.query("archived") == "true";
  for (const SimForm& form : world_.forms()) {
    if (form.id == id && form.archived == archived && !form.deleted)
      return json_response(200, form_json(form));
  }
  return refusal(404, "OBJECT_NOT_FOUND", "Form not found.");
}

SimResponse HubSpotSimulator::list_submissions(const std::string& id, const SimRequest& request) const {
  const auto limit = limit_of(request, 20, 50);
  // Opaque to clients: the time and the order of the last one that was given.
  const std::string after = request.query("after").value_or("");
  const size_t dot = after.find('.');
  const auto time = number(after.substr(0, dot));
  const auto order = dot == std::string::npos ? std::nullopt : number(after.substr(dot + 1));
  if (!limit || (!after.empty() && (!time || !order)))
    return refusal(400, "VALIDATION_ERROR", "Invalid input.");
  const auto form = std::ranges::find_if(
      world_.forms(), [&](const SimForm& candidate) { return candidate.id == id && !candidate.deleted; });
  if (form == world_.forms().end()) return refusal(404, "OBJECT_NOT_FOUND", "Form not found.");
  const auto all = world_.newest_first(static_cast<size_t>(form - world_.forms().begin()));
  json::array results;
  const SimSubmission* last = nullptr;
  bool more = false;
  for (const SimSubmission* submission : all) {
    const bool given =
        !after.empty() &&
        (submission->submitted_at_ms > *time ||
         (submission->submitted_at_ms == *time && static_cast<int64_t>(submission->order) >= *order));
    if (given) continue;
    if (results.size() == *limit) {
      more = true;
      break;
    }
    results.push_back(submission_json(*submission));
    last = submission;
  }
  json::object body{{"results", std::move(results)}};
  if (more) add_next(body, std::to_string(last->submitted_at_ms) + "." + std::to_string(last->order));
  return json_response(200, body);
}

} // namespace circuit::providers::hubspot_forms
