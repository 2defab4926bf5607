// What GitHub's statuses mean, and which names may stand in its paths.

#include <algorithm>

#include "feeds/github/client.h"

namespace circuit::feeds::github {
namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_';
}

Error forbidden(const http::Response& response, const std::string& said) {
  if (response.headers.has("X-GitHub-SSO")) {
    return make_error(ErrorClass::kPermission, "GITHUB_SSO_REQUIRED",
                      said + ": the organization wants the token to be authorized for single sign-on",
                      "At GitHub under Settings > Developer settings > Personal access tokens, choose "
                      "Configure SSO for this token, and authorize it for the organization.");
  }
  // "Blobs": up to 100 MB.
  if (response.body.find("\"too_large\"") != std::string::npos) {
    return make_error(ErrorClass::kInvalid, "GITHUB_BLOB_TOO_LARGE", said + ": it is larger than 100 MB",
                      "Nothing to do: GitHub does not give out such files this way.");
  }
  Error error = make_error(ErrorClass::kPermission, "GITHUB_FORBIDDEN", said,
                           "Give the token read access (a classic one: the scope \"repo\"), and, where an "
                           "organization has to approve tokens, have it approved.");
  // Fine-grained tokens: which permissions would do, such as "issues=read; pull_requests=read".
  const std::string wanted(response.headers.get("X-Accepted-GitHub-Permissions"));
  if (wanted.empty()) return error;
  error.message += "; it takes the permission " + wanted;
  return std::move(error).with("permissions", wanted);
}

} // namespace

Error status_error(const http::Response& response, const std::string& what, bool paged) {
  const int status = response.status;
  const std::string said = "GitHub answered " + std::to_string(status) + " to " + what;
  const bool limited = status == 429 || (status == 403 && patience(response, SystemTime{}).has_value());
  if (limited) {
    return make_error(ErrorClass::kTransient, "GITHUB_LIMITED", said + ", because of a limit that lasted",
                      "Nothing to do: it is tried again.");
  }
  switch (status) {
    case 401:
      return make_error(ErrorClass::kAuth, "GITHUB_TOKEN_REFUSED", said,
                        "The token has expired, or was revoked or deleted: make a new one at GitHub under "
                        "Settings > Developer settings > Personal access tokens, and connect again.");
    case 403:
      return forbidden(response, said);
    case 404:
      return make_error(ErrorClass::kNotFound, "GITHUB_NOT_FOUND", said,
                        "It does not exist, or the token may not see it, which GitHub does not tell apart.");
    case 409:
      return make_error(ErrorClass::kConflict, "GITHUB_REPOSITORY_EMPTY", said + ": the repository is empty",
                        "Nothing to do: it is read when it has a commit.");
    case 410:
      return make_error(ErrorClass::kNotFound, "GITHUB_FEATURE_DISABLED",
                        said + ": it is switched off for the repository",
                        "Nothing to do, or switch it on in the repository's settings.");
    case 422:
      if (!paged) break;
      return make_error(ErrorClass::kInvalid, "GITHUB_PAGE_EXPIRED", said,
                        "Nothing to do: the listing goes on from what was read last.");
    case 451:
      return make_error(ErrorClass::kPermission, "GITHUB_BLOCKED", said + ": it is blocked for legal reasons",
                        "Leave the repository out of the selection, or ask its owner.");
    default:
      break;
  }
  if (status >= 500 || status == 408) {
    return make_error(ErrorClass::kTransient, "GITHUB_SERVER_ERROR", said,
                      "Nothing to do: it is tried again.");
  }
  return make_error(ErrorClass::kInvalid, "GITHUB_UNEXPECTED_STATUS", said,
                    "Check the connection's base_url; if it is right, report this.");
}

bool is_owner_name(std::string_view name) {
  constexpr size_t kLongest = 100;
  return !name.empty() && name.size() <= kLongest && name[0] != '.' &&
         std::ranges::all_of(name, is_name_character);
}

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool is_repository_name(std::string_view name) {
  const size_t slash = name.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view repository = name.substr(slash + 1);
  constexpr size_t kLongest = 100;
  return is_owner_name(name.substr(0, slash)) && !repository.empty() && repository.size() <= kLongest &&
         repository != "." && repository != ".." && std::ranges::all_of(repository, is_name_character);
}

bool is_branch_name(std::string_view name) {
  constexpr size_t kLongest = 255;
  if (name.empty() || name.size() > kLongest || name.front() == '/' || name.back() == '/' ||
      name.back() == '.' || name.front() == '-')
    return false;
  const bool odd = std::ranges::any_of(name, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= ' ' || byte == 0x7f || std::string_view("~^:?*[\\").find(c) != std::string_view::npos;
  });
  return !odd && name.find("..") == std::string_view::npos && name.find("//") == std::string_view::npos &&
         name.find("/.") == std::string_view::npos && name.front() != '.' &&
         name.find("@{") == std::string_view::npos;
}

bool is_entry_path(std::string_view path) {
  for (;;) {
    const size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

bool is_object_id(std::string_view id) {
  return (id.size() == 40 || id.size() == 64) &&
         std::ranges::all_of(id, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string next_link(std::string_view link) {
  while (!link.empty()) {
    const size_t open = link.find('<');
    const size_t close = link.find('>', open == std::string_view::npos ? link.size() : open);
    if (close == std::string_view::npos) return {};
    const std::string_view url = link.substr(open + 1, close - open - 1);
    link.remove_prefix(close + 1);
    // Its parameters end where the next address begins.
    const std::string_view parameters = link.substr(0, link.find('<'));
    if (parameters.find("rel=\"next\"") != std::string_view::npos ||
        parameters.find("rel=next") != std::string_view::npos)
      return std::string(url);
  }
  return {};
}

} // namespace circuit::feeds::github
