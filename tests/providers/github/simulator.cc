#include "tests/providers/github/simulator.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "ingest/runtime/digest.h"
#include "tests/providers/github/shapes.h"
#include "tests/providers/http_date.h"

namespace circuit::providers::github {
namespace {

namespace json = boost::json;

SimResponse json_response(int status, const json::value& body) {
  return text_response(status, "application/json; charset=utf-8", json::serialize(body));
}

SimResponse refusal(int status, const char* message) {
  return json_response(status, json::object{{"message", message},
                                            {"documentation_url", "https://docs.github.com/rest"},
                                            {"status", std::to_string(status)}});
}

SimResponse not_found() { return refusal(404, "Not Found"); }

std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    path.remove_prefix(1);
    const size_t slash = std::min(path.find('/'), path.size());
    parts.emplace_back(path.substr(0, slash));
    path.remove_prefix(slash);
  }
  return parts;
}

std::string joined(const std::vector<std::string>& parts, size_t from) {
  std::string out;
  for (size_t i = from; i < parts.size(); ++i) out += (out.empty() ? "" : "/") + parts[i];
  return out;
}

size_t number(const std::string& text, size_t otherwise) {
  size_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc() && end == text.data() + text.size() ? value : otherwise;
}

// Those changed since then, in the order that was asked for.
template <class Item>
std::vector<const Item*> changed_since(const std::vector<Item>& items, const SimRequest& request) {
  const std::string since = request.query("since").value_or("");
  std::vector<const Item*> out;
  for (const Item& item : items) {
    const std::string updated = format_rfc3339_date(std::chrono::floor<std::chrono::seconds>(item.updated));
    if (!item.deleted && updated >= since) out.push_back(&item);
  }
  const bool by_update = request.query("sort") == "updated";
  std::ranges::stable_sort(out, [&](const Item* a, const Item* b) {
    return by_update ? a->updated < b->updated : a->created < b->created;
  });
  if (request.query("direction") != "asc") std::ranges::reverse(out);
  return out;
}

} // namespace

SimResponse GitHubSimulator::respond(const SimRequest& request, SystemTime now,
                                     std::optional<ContentFault> /*fault*/) {
  SimResponse response;
  const std::string authorization = find_field(request.fields, "Authorization").value_or("");
  if (authorization != "Bearer " + options_.token) {
    response = refusal(401, "Bad credentials");
  } else if (auto limited = over_a_limit(now)) {
    response = std::move(*limited);
  } else if (request.method != "GET") {
    response = not_found();
  } else if (!options_.broken_path.empty() &&
             request.path().find(options_.broken_path) != std::string_view::npos) {
    response = refusal(502, "Server Error");
  } else {
    response = answer(request);
    if (response.status == 200 && response.body != nullptr) {
      const std::string etag = "W/\"" + to_hex(sha256(*response.body)) + "\"";
      response.fields.emplace_back("ETag", etag);
      if (find_field(request.fields, "If-None-Match") == etag) {
        response.status = 304;
        response.body = nullptr;
        remove_field(response.fields, "Content-Type");
        --hour_; // free
        --counted_;
      }
    }
    if (!options_.scopes.empty()) response.fields.emplace_back("X-OAuth-Scopes", options_.scopes);
    if (!options_.expires.empty())
      response.fields.emplace_back("github-authentication-token-expiration", options_.expires);
  }
  const auto reset = std::chrono::ceil<std::chrono::seconds>(hour_began_ + std::chrono::hours(1));
  const size_t remaining = options_.requests_per_hour - std::min(hour_, options_.requests_per_hour);
  response.fields.emplace_back("x-ratelimit-limit", std::to_string(options_.requests_per_hour));
  response.fields.emplace_back("x-ratelimit-remaining", std::to_string(remaining));
  response.fields.emplace_back("x-ratelimit-reset", std::to_string(reset.time_since_epoch().count()));
  response.fields.emplace_back("x-ratelimit-resource", "core");
  response.fields.emplace_back("Date", format_http_date(now));
  return response;
}

std::optional<SimResponse> GitHubSimulator::over_a_limit(SystemTime now) {
  if (now - hour_began_ >= std::chrono::hours(1)) {
    hour_began_ = now;
    hour_ = 0;
  }
  while (!minute_.empty() && minute_.front() + std::chrono::minutes(1) <= now) minute_.pop_front();
  if (hour_ >= options_.requests_per_hour) {
    ++refused_;
    return refusal(403, "API rate limit exceeded for user ID 1.");
  }
  if (minute_.size() >= options_.requests_per_minute) {
    ++refused_;
    auto response = refusal(403, "You have exceeded a secondary rate limit. Please wait a few minutes.");
    if (options_.secondary_says_when) response.fields.emplace_back("Retry-After", "60");
    return response;
  }
  minute_.push_back(now);
  ++hour_;
  ++counted_;
  return std::nullopt;
}

SimRepository* GitHubSimulator::find(const std::string& full_name) const {
  const auto same = [](std::string_view a, std::string_view b) { return same_token(a, b); };
  for (const auto& repository : world_.repositories()) {
    if (same(repository->full_name(), full_name)) return repository.get();
  }
  return nullptr;
}

SimResponse GitHubSimulator::answer(const SimRequest& request) const {
  const std::vector<std::string> path = parts_of(request.path());
  if (path.empty()) return not_found();
  if (path[0] == "user" && path.size() == 1)
    return json_response(200, private_user_json(options_.login, options_.base));
  if (path[0] == "user" && path.size() == 2 && path[1] == "repos")
    return list_repositories(request, "", true);
  if (path[0] == "user" && path.size() == 2 && path[1] == "orgs") {
    json::array all;
    for (const auto& name : world_.organizations) {
      const std::string url = options_.base + "/orgs/" + name;
      all.push_back(json::object{{"login", name},
                                 {"id", 2},
                                 {"node_id", "O_2"},
                                 {"url", url},
                                 {"repos_url", url + "/repos"},
                                 {"events_url", url + "/events"},
                                 {"hooks_url", url + "/hooks"},
                                 {"issues_url", url + "/issues"},
                                 {"members_url", url + "/members{/member}"},
                                 {"public_members_url", url + "/public_members{/member}"},
                                 {"avatar_url", "https://avatars.githubusercontent.com/u/2"},
                                 {"description", nullptr}});
    }
    return paged(request, std::move(all), false);
  }
  if ((path[0] == "orgs" || path[0] == "users") && path.size() == 3 && path[2] == "repos") {
    const bool organization = std::ranges::any_of(
        world_.organizations, [&](const std::string& name) { return same_token(name, path[1]); });
    if (organization != (path[0] == "orgs")) return not_found();
    return list_repositories(request, path[1], false);
  }
  if (path[0] == "repositories" && path.size() >= 2) {
    for (const auto& repository : world_.repositories()) {
      if (std::to_string(repository->id) != path[1] || !repository->visible) continue;
      return of_repository(*repository, {path.begin() + 2, path.end()}, request);
    }
    return not_found();
  }
  if (path[0] != "repos" || path.size() < 3) return not_found();
  const std::string name = path[1] + "/" + path[2];
  const SimRepository* repository = find(name);
  if (repository == nullptr) {
    for (const auto& moved : world_.repositories()) {
      const bool was = std::ranges::any_of(moved->old_names,
                                           [&](const std::string& old) { return same_token(old, name); });
      if (!was || !moved->visible) continue;
      const std::string rest = joined(path, 3);
      const std::string url =
          options_.base + "/repositories/" + std::to_string(moved->id) + (rest.empty() ? "" : "/" + rest);
      auto response = json_response(301, json::object{{"message", "Moved Permanently"},
                                                      {"url", url},
                                                      {"documentation_url", "https://docs.github.com/rest"}});
      response.fields.emplace_back("Location", url);
      return response;
    }
    return not_found();
  }
  if (!repository->visible) return not_found();
  return of_repository(*repository, {path.begin() + 3, path.end()}, request);
}

SimResponse GitHubSimulator::list_repositories(const SimRequest& request, const std::string& owner,
                                               bool of_token) const {
  const bool organization = std::ranges::any_of(
      world_.organizations, [&](const std::string& name) { return same_token(name, owner); });
  json::array all;
  for (const auto& repository : world_.repositories()) {
    if (!repository->visible) continue;
    const bool listed = of_token || (same_token(repository->owner, owner) &&
                                     (organization || repository->visibility == "public"));
    if (listed) all.push_back(repository_json(*repository, options_.base));
  }
  return paged(request, std::move(all), false);
}

// Numbers, or cursors that hold their place whatever happens before them: here the key of the last item.
SimResponse GitHubSimulator::paged(const SimRequest& request, json::array all, bool by_cursor) const {
  const size_t page_size = std::clamp<size_t>(number(request.query("per_page").value_or(""), 30), 1, 100);
  const size_t page = std::max<size_t>(1, number(request.query("page").value_or(""), 1));
  const auto key = [](const json::value& item) {
    const json::object& object = item.get_object();
    const json::value* updated = object.if_contains("updated_at");
    const json::value* id = object.if_contains("id");
    return (updated == nullptr ? std::string() : std::string(updated->get_string())) + "_" +
           (id == nullptr ? std::string() : json::serialize(*id));
  };
  size_t from = (page - 1) * page_size;
  if (by_cursor) {
    from = 0;
    if (const auto after = request.query("after")) {
      while (from < all.size() && key(all[from]) <= *after) ++from;
    }
  }
  json::array out;
  for (size_t i = from; i < all.size() && out.size() < page_size; ++i) out.push_back(all[i]);
  const bool more = from + out.size() < all.size();
  std::string last;
  if (!out.empty()) last = key(out.back());
  SimResponse response = json_response(200, out);
  if (!more) return response;
  std::string next = options_.base + std::string(request.path()) + "?";
  for (const char* name : {"state", "sort", "direction", "since", "affiliation", "type", "per_page"}) {
    if (const auto value = request.query(name)) next += std::string(name) + "=" + *value + "&";
  }
  next += by_cursor ? "after=" + last : "page=" + std::to_string(page + 1);
  response.fields.emplace_back("Link", "<" + next + ">; rel=\"next\", <" + next + "0>; rel=\"last\"");
  return response;
}

std::optional<SimResponse> GitHubSimulator::lacks(const char* permission) const {
  if (permissions_.contains(permission)) return std::nullopt;
  auto response = refusal(403, "Resource not accessible by personal access token");
  response.fields.emplace_back("X-Accepted-GitHub-Permissions", std::string(permission) + "=read");
  return response;
}

SimResponse GitHubSimulator::of_repository(const SimRepository& repository,
                                           const std::vector<std::string>& path,
                                           const SimRequest& request) const {
  const std::string& base = options_.base;
  if (path.empty()) return json_response(200, repository_json(repository, base));
  if (path[0] == "git" || path[0] == "compare" || path[0] == "releases") {
    if (auto refused = lacks("contents")) return std::move(*refused);
  }
  if (path[0] == "git" && path.size() >= 3) {
    if (repository.branches.empty()) return refusal(409, "Git Repository is empty.");
    if (path[1] == "ref" && path[2] == "heads") {
      const std::string branch = joined(path, 3);
      if (!repository.branches.contains(branch)) return not_found();
      return json_response(200, ref_json(repository, branch, base));
    }
    if (path[1] == "trees") {
      std::string tree = path[2];
      const auto commit = repository.commits.find(tree);
      if (commit != repository.commits.end() && !commit->second.collected) tree = commit->second.tree;
      if (!repository.trees.contains(tree)) return not_found();
      // Any value, "0" and "false" too, makes it recursive.
      const bool recursive = request.query("recursive").has_value();
      return json_response(200, tree_json(repository, tree, recursive, options_.tree_entries, base));
    }
    if (path[1] == "blobs") {
      const auto blob = repository.blobs.find(path[2]);
      if (blob == repository.blobs.end() || path[2] == repository.unreadable_blob) return not_found();
      const std::string accept = find_field(request.fields, "Accept").value_or("");
      if (accept.find("raw") == std::string::npos)
        return json_response(200, blob_json(repository, path[2], base));
      return text_response(200, "application/vnd.github.raw+json; charset=utf-8", blob->second);
    }
    return not_found();
  }
  if (path[0] == "compare" && path.size() == 2) {
    const size_t dots = path[1].find("...");
    if (dots == std::string::npos) return not_found();
    const auto from = repository.commits.find(path[1].substr(0, dots));
    const auto head = repository.commits.find(path[1].substr(dots + 3));
    const bool both = from != repository.commits.end() && head != repository.commits.end() &&
                      !from->second.collected && !head->second.collected;
    if (!both) return not_found();
    return json_response(200, comparison_json(repository, from->second, head->second, base));
  }
  json::array all;
  if (path[0] == "collaborators" && path.size() == 1) {
    if (!repository.token_may_push)
      return refusal(403, "Must have push access to view repository collaborators.");
    for (const auto& collaborator : repository.collaborators)
      all.push_back(collaborator_json(collaborator, base));
    return paged(request, std::move(all), false);
  }
  if (path[0] == "issues" && path.size() == 1) {
    if (auto refused = lacks("issues")) return std::move(*refused);
    if (!repository.has_issues) return refusal(410, "Issues are disabled for this repo");
    const bool open_only = request.query("state") != "all";
    for (const SimIssue* issue : changed_since(repository.issues, request)) {
      if (!open_only || !issue->closed) all.push_back(issue_json(repository, *issue, base));
    }
    return paged(request, std::move(all), true);
  }
  if (path[0] == "issues" && path.size() == 2 && path[1] == "comments") {
    if (auto refused = lacks("issues")) return std::move(*refused);
    for (const SimComment* comment : changed_since(repository.comments, request))
      all.push_back(comment_json(repository, *comment, base));
    return paged(request, std::move(all), false);
  }
  if (path[0] == "pulls") {
    if (auto refused = lacks("pull_requests")) return std::move(*refused);
    if (path.size() == 1) {
      for (const SimIssue* issue : changed_since(repository.issues, request)) {
        if (issue->pull_request && (request.query("state") == "all" || !issue->closed))
          all.push_back(pull_request_json(repository, *issue, base));
      }
      return paged(request, std::move(all), false);
    }
    if (path.size() == 2 && path[1] == "comments") {
      for (const SimComment* comment : changed_since(repository.review_comments, request))
        all.push_back(review_comment_json(repository, *comment, base));
      return paged(request, std::move(all), false);
    }
    if (path.size() == 3 && path[2] == "reviews") {
      for (const SimComment& review : repository.reviews) {
        if (std::to_string(review.number) == path[1]) all.push_back(review_json(repository, review, base));
      }
      return paged(request, std::move(all), false);
    }
  }
  if (path[0] == "releases" && path.size() == 1) {
    for (const SimRelease& release : repository.releases) {
      if (!release.deleted) all.push_back(release_json(repository, release, base));
    }
    std::ranges::reverse(all);
    return paged(request, std::move(all), false);
  }
  return not_found();
}

} // namespace circuit::providers::github
