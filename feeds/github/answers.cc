// GitHub's JSON to raw structs. An item that is malformed is counted, and the others are read.

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "feeds/github/client.h"

namespace circuit::feeds::github {
namespace {

namespace json = boost::json;

Error bad_answer(const char* what) {
  return make_error(ErrorClass::kTransient, "GITHUB_BAD_ANSWER",
                    std::string("GitHub's answer for ") + what + " is not what its reference says",
                    "Nothing to do: it is tried again. If it stays, report this.");
}

Result<json::value> parse(std::string_view body, const char* what) {
  json::parse_options options;
  options.max_depth = 64;
  boost::system::error_code broken;
  json::value value = json::parse(body, broken, {}, options);
  if (broken) return bad_answer(what);
  return value;
}

std::string text(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

int64_t number(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  return found != nullptr && found->is_int64() ? found->get_int64() : 0;
}

bool flag(const json::object& object, std::string_view key, bool otherwise = false) {
  const json::value* found = object.if_contains(key);
  return found != nullptr && found->is_bool() ? found->get_bool() : otherwise;
}

const json::object* part(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  return found != nullptr && found->is_object() ? &found->get_object() : nullptr;
}

const json::array* list(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  return found != nullptr && found->is_array() ? &found->get_array() : nullptr;
}

User user_of(const json::object& object, std::string_view key) {
  const json::object* user = part(object, key); // null for accounts that were deleted
  return user == nullptr ? User{} : User{text(*user, "login"), text(*user, "html_url")};
}

// "2011-04-22T13:33:48Z": compared as text, put into addresses.
bool is_time(std::string_view time) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00Z";
  if (time.size() != kForm.size()) return false;
  for (size_t i = 0; i < time.size(); ++i) {
    const bool digit = time[i] >= '0' && time[i] <= '9';
    if (kForm[i] == '0' ? !digit : time[i] != kForm[i]) return false;
  }
  return true;
}

template <class Item, class Read>
Result<Items<Item>> items(std::string_view body, const char* what, Read read) {
  auto root = parse(body, what);
  if (!root) return std::move(root).error();
  if (!root->is_array()) return bad_answer(what);
  Items<Item> out;
  out.items.reserve(root->get_array().size());
  for (const json::value& value : root->get_array()) {
    Item item;
    if (value.is_object() && read(value.get_object(), item)) {
      out.items.push_back(std::move(item));
    } else {
      ++out.malformed;
    }
  }
  return out;
}

bool repository_of(const json::object& object, Repository& out) {
  out.id = number(object, "id");
  out.full_name = text(object, "full_name");
  out.default_branch = text(object, "default_branch");
  out.html_url = text(object, "html_url");
  out.archived = flag(object, "archived");
  out.fork = flag(object, "fork");
  out.has_issues = flag(object, "has_issues", true);
  out.visibility = text(object, "visibility"); // Enterprise Server has not always said it
  if (out.visibility.empty()) out.visibility = flag(object, "private", true) ? "private" : "public";
  if (const json::array* topics = list(object, "topics")) {
    for (const json::value& topic : *topics) {
      if (topic.is_string()) out.topics.emplace_back(topic.get_string());
    }
  }
  if (out.id <= 0 || !is_repository_name(out.full_name)) return false;
  out.owner = out.full_name.substr(0, out.full_name.find('/'));
  return true;
}

std::optional<EntryKind> kind_of(std::string_view mode) {
  if (mode == "100644" || mode == "100664") return EntryKind::kFile; // the second: old histories
  if (mode == "100755") return EntryKind::kExecutable;
  if (mode == "120000") return EntryKind::kSymlink;
  if (mode == "040000" || mode == "40000") return EntryKind::kTree;
  if (mode == "160000") return EntryKind::kSubmodule;
  return std::nullopt;
}

// A link's body is one line without an end; a submodule is shown as a line of its own kind.
bool is_of_unknown_kind(const json::object& file, std::string_view status) {
  const std::string patch = text(file, "patch");
  const bool without_changes = number(file, "changes") == 0;
  if (status == "changed" || ((status == "renamed" || status == "copied") && without_changes)) return true;
  if (patch.find("\n+Subproject commit ") != std::string::npos) return true;
  return number(file, "additions") <= 1 && patch.find("\n\\ No newline") != std::string::npos;
}

// The number at the end of ".../issues/12".
int64_t number_at_end(std::string_view url) {
  const std::string_view digits = url.substr(url.rfind('/') + 1);
  int64_t value = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return code == std::errc() && end == digits.data() + digits.size() ? value : 0;
}

bool comment_of(const json::object& object, Comment& out) {
  out.id = number(object, "id");
  out.body = text(object, "body");
  out.html_url = text(object, "html_url");
  out.created_at = text(object, "created_at");
  out.updated_at = text(object, "updated_at");
  out.author = user_of(object, "user");
  const std::string issue = text(object, "issue_url");
  const std::string pull_request = text(object, "pull_request_url");
  out.number = number_at_end(issue.empty() ? pull_request : issue);
  // GitHub lists comments on both together; the page they are shown on tells.
  out.on_pull_request = issue.empty() || out.html_url.find("/pull/") != std::string::npos;
  out.path = text(object, "path");
  out.diff_hunk = text(object, "diff_hunk");
  out.in_reply_to = number(object, "in_reply_to_id");
  return out.id > 0 && out.number > 0 && is_time(out.updated_at);
}

bool issue_of(const json::object& object, Issue& out) {
  out.number = number(object, "number");
  out.title = text(object, "title");
  out.body = text(object, "body");
  out.state = text(object, "state");
  out.state_reason = text(object, "state_reason");
  out.html_url = text(object, "html_url");
  out.created_at = text(object, "created_at");
  out.updated_at = text(object, "updated_at");
  out.closed_at = text(object, "closed_at");
  out.author = user_of(object, "user");
  out.draft = flag(object, "draft");
  out.locked = flag(object, "locked");
  if (const json::object* pull_request = part(object, "pull_request")) {
    out.pull_request = true;
    out.merged_at = text(*pull_request, "merged_at");
  }
  if (const json::object* milestone = part(object, "milestone")) out.milestone = text(*milestone, "title");
  if (const json::array* labels = list(object, "labels")) {
    for (const json::value& label : *labels) { // an object, or its name alone
      if (label.is_string()) out.labels.emplace_back(label.get_string());
      if (label.is_object()) out.labels.push_back(text(label.get_object(), "name"));
    }
  }
  if (const json::array* assignees = list(object, "assignees")) {
    for (const json::value& assignee : *assignees) {
      if (assignee.is_object()) out.assignees.push_back(text(assignee.get_object(), "login"));
    }
  }
  return out.number > 0 && is_time(out.updated_at);
}

bool release_of(const json::object& object, Release& out) {
  out.id = number(object, "id");
  out.tag = text(object, "tag_name");
  out.name = text(object, "name");
  out.body = text(object, "body");
  out.html_url = text(object, "html_url");
  out.created_at = text(object, "created_at");
  out.published_at = text(object, "published_at");
  out.updated_at = text(object, "updated_at");
  out.author = user_of(object, "author");
  out.draft = flag(object, "draft");
  out.prerelease = flag(object, "prerelease");
  if (const json::array* assets = list(object, "assets")) {
    for (const json::value& value : *assets) {
      if (!value.is_object()) return false;
      const json::object& asset = value.get_object();
      out.assets.push_back({text(asset, "name"), text(asset, "browser_download_url"),
                            text(asset, "content_type"), number(asset, "size")});
    }
  }
  return out.id > 0;
}

} // namespace

Result<Repository> read_repository(std::string_view body) {
  auto root = parse(body, "a repository");
  if (!root) return std::move(root).error();
  Repository out;
  if (!root->is_object() || !repository_of(root->get_object(), out)) return bad_answer("a repository");
  return out;
}

Result<Items<Repository>> read_repositories(std::string_view body) {
  return items<Repository>(body, "a list of repositories", repository_of);
}

Result<std::string> read_ref(std::string_view body) {
  auto root = parse(body, "a branch");
  if (!root) return std::move(root).error();
  const json::object* target = root->is_object() ? part(root->get_object(), "object") : nullptr;
  if (target == nullptr) return bad_answer("a branch");
  std::string sha = text(*target, "sha");
  if (!is_object_id(sha)) return bad_answer("a branch");
  return sha;
}

Result<Tree> read_tree(std::string_view body) {
  auto root = parse(body, "a tree");
  if (!root) return std::move(root).error();
  const json::array* entries = root->is_object() ? list(root->get_object(), "tree") : nullptr;
  if (entries == nullptr) return bad_answer("a tree");
  Tree out;
  out.truncated = flag(root->get_object(), "truncated");
  out.entries.reserve(entries->size());
  for (const json::value& value : *entries) {
    if (!value.is_object()) return bad_answer("a tree");
    const json::object& object = value.get_object();
    const auto kind = kind_of(text(object, "mode"));
    TreeEntry entry{text(object, "path"), text(object, "sha"), kind.value_or(EntryKind::kFile),
                    static_cast<uint64_t>(std::max<int64_t>(0, number(object, "size")))};
    if (!kind || !is_entry_path(entry.path) || !is_object_id(entry.sha)) return bad_answer("a tree");
    out.entries.push_back(std::move(entry));
  }
  return out;
}

Result<Comparison> read_comparison(std::string_view body) {
  auto root = parse(body, "a comparison");
  if (!root) return std::move(root).error();
  const json::array* files = root->is_object() ? list(root->get_object(), "files") : nullptr;
  if (files == nullptr) return bad_answer("a comparison");
  Comparison out;
  out.status = text(root->get_object(), "status");
  for (const json::value& value : *files) {
    if (!value.is_object()) return bad_answer("a comparison");
    const json::object& object = value.get_object();
    const std::string status = text(object, "status");
    if (status == "unchanged") continue;
    ChangedFile file;
    file.path = text(object, "filename");
    file.previous_path = text(object, "previous_filename");
    file.sha = text(object, "sha");
    file.removed = status == "removed";
    file.renamed = status == "renamed";
    file.of_unknown_kind = !file.removed && is_of_unknown_kind(object, status);
    if (!is_entry_path(file.path) || (!file.removed && !is_object_id(file.sha)))
      return bad_answer("a comparison");
    out.files.push_back(std::move(file));
  }
  return out;
}

Result<Items<Issue>> read_issues(std::string_view body) {
  return items<Issue>(body, "a list of issues", issue_of);
}

Result<Items<Issue>> read_pull_requests_list(std::string_view body) {
  return items<Issue>(body, "a list of pull requests", [](const json::object& object, Issue& out) {
    const bool read = issue_of(object, out);
    out.pull_request = true;
    out.merged_at = text(object, "merged_at");
    return read;
  });
}

Result<Items<Comment>> read_comments(std::string_view body) {
  return items<Comment>(body, "a list of comments", comment_of);
}

Result<Items<Comment>> read_reviews(std::string_view body, int64_t pull_request) {
  return items<Comment>(body, "a list of reviews", [&](const json::object& object, Comment& out) {
    out.id = number(object, "id");
    out.number = pull_request;
    out.on_pull_request = true;
    out.body = text(object, "body");
    out.state = text(object, "state");
    out.html_url = text(object, "html_url");
    out.created_at = out.updated_at = text(object, "submitted_at"); // none: not sent off yet
    out.author = user_of(object, "user");
    return out.id > 0;
  });
}

Result<Items<Release>> read_releases(std::string_view body) {
  return items<Release>(body, "a list of releases", release_of);
}

Result<Items<Reader>> read_readers(std::string_view body) {
  return items<Reader>(body, "a list of collaborators", [](const json::object& object, Reader& out) {
    out.id = number(object, "id");
    out.login = text(object, "login");
    const json::object* permissions = part(object, "permissions");
    out.may_read = permissions != nullptr && flag(*permissions, "pull");
    return out.id > 0 && permissions != nullptr;
  });
}

Result<Items<User>> read_owners(std::string_view body) {
  return items<User>(body, "a list of organizations", [](const json::object& object, User& out) {
    out = {text(object, "login"), text(object, "html_url")};
    return is_owner_name(out.login);
  });
}

Result<User> read_user(std::string_view body) {
  auto root = parse(body, "the token's user");
  if (!root) return std::move(root).error();
  if (!root->is_object()) return bad_answer("the token's user");
  User user{text(root->get_object(), "login"), text(root->get_object(), "html_url")};
  if (!is_owner_name(user.login)) return bad_answer("the token's user");
  return user;
}

} // namespace circuit::feeds::github
