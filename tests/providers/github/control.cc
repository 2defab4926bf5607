#include "tests/providers/github/control.h"

#include <boost/json.hpp>
#include <charconv>

namespace circuit::providers::github {
namespace {

namespace json = boost::json;
constexpr std::string_view kPrefix = "/_control/";

SimResponse report(int status, const json::value& value) {
  return text_response(status, "application/json", json::serialize(value) + "\n");
}

SimResponse not_done(const char* why) { return report(400, json::object{{"error", why}}); }

std::optional<size_t> parameter(const SimRequest& request, std::string_view name) {
  const auto text = request.query(name);
  size_t value = 0;
  if (!text) return std::nullopt;
  const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), value);
  return code == std::errc() && end == text->data() + text->size() ? std::optional(value) : std::nullopt;
}

} // namespace

SimResponse GitHubControl::respond(const SimRequest& request, SystemTime now,
                                   std::optional<ContentFault> fault) {
  const std::string_view path = request.path();
  if (path.starts_with(kPrefix)) return control(path.substr(kPrefix.size()), request, now);
  SimResponse response = simulator_.respond(request, now, fault);
  ++stats_.requests;
  constexpr size_t kKept = 100'000;
  if (asked_.size() < kKept) asked_.push_back(request.target);
  if (response.status == 304) ++stats_.not_modified;
  if (response.status >= 400 && response.status < 500) ++stats_.refused;
  if (response.body) stats_.bytes += response.body->size();
  return response;
}

SimResponse GitHubControl::control(std::string_view command, const SimRequest& request, SystemTime now) {
  if (command == "stats") {
    if (request.method == "POST") {
      stats_ = {};
      asked_.clear();
    }
    return stats_page();
  }
  if (command == "requests") return requests_page();
  if (request.method != "POST") return not_done("changes are posted");
  const auto index = parameter(request, "repository");
  if (!index || *index >= world_.repositories().size())
    return not_done("repository must be the number of a repository, from 0");
  return change(command, world_.repository(*index), request, now);
}

SimResponse GitHubControl::change(std::string_view command, SimRepository& repository,
                                  const SimRequest& request, SystemTime now) {
  const std::string path = request.query("path").value_or("");
  const std::string to = request.query("to").value_or("");
  if (command == "commit" && !path.empty()) {
    repository.commit({{path, {request.query("text").value_or("")}}}, repository.default_branch);
  } else if (command == "delete" && repository.files(repository.default_branch).contains(path)) {
    repository.commit({{path, {"", ""}}}, repository.default_branch);
  } else if (command == "issue") {
    const size_t number = parameter(request, "number").value_or(0);
    if (number == 0 || number > repository.issues.size()) return not_done("number must be that of an issue");
    SimIssue& issue = repository.issues[number - 1];
    issue.body = request.query("text").value_or("");
    issue.updated = now;
  } else if (command == "visible" && (to == "yes" || to == "no")) {
    repository.visible = to == "yes";
  } else if (command == "visibility" && (to == "public" || to == "private" || to == "internal")) {
    repository.visibility = to;
  } else {
    return not_done("a change is commit, delete, issue, visible or visibility, with its parameters");
  }
  return report(200, json::object());
}

SimResponse GitHubControl::requests_page() const {
  std::string lines;
  for (const std::string& target : asked_) lines += target + "\n";
  return text_response(200, "text/plain; charset=utf-8", std::move(lines));
}

SimResponse GitHubControl::stats_page() const {
  return report(200, json::object{{"requests", stats_.requests},
                                  {"not_modified", stats_.not_modified},
                                  {"refused", stats_.refused},
                                  {"bytes", stats_.bytes}});
}

} // namespace circuit::providers::github
