#include "tests/providers/hubspot_forms/control.h"

#include <boost/json.hpp>
#include <charconv>

namespace circuit::providers::hubspot_forms {
namespace {

namespace json = boost::json;

SimResponse json_answer(int status, const json::object& body) {
  return text_response(status, "application/json", json::serialize(body) + "\n");
}

SimResponse refused(const char* why) { return json_answer(400, {{"error", why}}); }

std::optional<size_t> number_of(const SimRequest& request, std::string_view name) {
  const auto text = request.query(name).value_or("");
  size_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

} // namespace

SimResponse HubSpotControl::respond(const SimRequest& request, SystemTime now,
                                    std::optional<ContentFault> fault) {
  constexpr std::string_view kPrefix = "/_control/";
  if (request.path().starts_with(kPrefix))
    return control(request.path().substr(kPrefix.size()), request, now);
  auto response = simulator_.respond(request, now, fault);
  ++requests_;
  ++statuses_[response.status];
  return response;
}

SimResponse HubSpotControl::control(std::string_view command, const SimRequest& request, SystemTime now) {
  if (command == "truth") return truth();
  if (command == "stats") {
    json::object statuses;
    for (const auto& [status, count] : statuses_) statuses[std::to_string(status)] = count;
    return json_answer(200, {{"requests", requests_}, {"statuses", std::move(statuses)}});
  }
  if (request.method != "POST") return refused("a change is a POST");
  if (command == "erase") {
    const auto submission = number_of(request, "submission");
    if (!submission || *submission >= world_.submissions().size()) return refused("no such submission");
    world_.submission(*submission).erased = true;
    return json_answer(200, {});
  }
  return change_form(command, request, now);
}

SimResponse HubSpotControl::change_form(std::string_view command, const SimRequest& request, SystemTime now) {
  const auto form = number_of(request, "form");
  if (!form || *form >= world_.forms().size()) return refused("no such form");
  if (command == "archive") {
    world_.form(*form).archived = request.query("archived") != "false";
    return json_answer(200, {});
  }
  if (command != "submit") return refused("no such change: submit, erase or archive");
  const size_t count = number_of(request, "count").value_or(1);
  const auto age = std::chrono::hours(number_of(request, "age-hours").value_or(0));
  json::array made;
  for (size_t i = 0; i < count; ++i) made.push_back(world_.add_submission(*form, now - age));
  return json_answer(200, {{"submissions", std::move(made)}});
}

SimResponse HubSpotControl::truth() const {
  json::array documents;
  for (const auto& submission : world_.submissions()) {
    const SimForm& form = world_.forms()[submission.form];
    if (!submission.erased && !submission.malformed && !form.archived && !form.deleted)
      documents.push_back(json::value(world_.external_id(submission)));
  }
  return json_answer(200, {{"documents", std::move(documents)}});
}

} // namespace circuit::providers::hubspot_forms
