// GitHub's JSON to raw structs. An item that is malformed is counted, and the others are read.

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "feeds/github/client.h"
#include "ingest/text/json_members.h"
#include "ingest/text/lfs_pointer.h"

namespace circuit::feeds::github {
namespace {

namespace json = boost::json;

Error bad_answer(const char* what) {
  return make_error(ErrorClass::kTransient, "GITHUB_BAD_ANSWER",
                    std::string("GitHub's answer for ") + what + " is not what its reference says",
                    "Nothing to do: it is tried again. If it stays, report this.");
}

Result<json::value> parse(std::string_view body, const char* what) {
  auto value = text::parse_json(body);
  if (!value) return bad_answer(what);
  return *std::move(value);
}

User user_of(const json::object& object, std::string_view key) {
  const json::object* user = text::object_member(object, key); // null for accounts that were deleted
  return user == nullptr ? User{}
                         : User{text::string_member(*user, "login"), text::string_member(*user, "html_url")};
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
  out.id = text::number_member(object, "id");
  out.full_name = text::string_member(object, "full_name");
  out.default_branch = text::string_member(object, "default_branch");
  out.html_url = text::string_member(object, "html_url");
  out.archived = text::flag_member(object, "archived");
  out.fork = text::flag_member(object, "fork");
  out.has_issues = text::flag_member(object, "has_issues", true);
  out.visibility = text::string_member(object, "visibility"); // Enterprise Server has not always said it
  if (out.visibility.empty())
    out.visibility = text::flag_member(object, "private", true) ? "private" : "public";
  if (const json::array* topics = text::array_member(object, "topics")) {
    for (const json::value& topic : *topics) {
      if (topic.is_string()) out.topics.emplace_back(topic.get_string());
    }
  }
  if (out.id <= 0 || !is_repository_name(out.full_name)) return false;
  out.owner = out.full_name.substr(0, out.full_name.find('/'));
  return true;
}

// As Git itself takes them: of a file's bits the owner's alone count, and old histories have all sorts.
std::optional<EntryKind> kind_of(std::string_view mode) {
  unsigned bits = 0;
  const auto [end, code] = std::from_chars(mode.data(), mode.data() + mode.size(), bits, 8);
  if (code != std::errc() || end != mode.data() + mode.size()) return std::nullopt;
  constexpr unsigned kType = 0170000, kOwnerMayExecute = 0100;
  switch (bits & kType) {
    case 0100000:
      return (bits & kOwnerMayExecute) != 0 ? EntryKind::kExecutable : EntryKind::kFile;
    case 0120000:
      return EntryKind::kSymlink;
    case 0040000:
      return EntryKind::kTree;
    case 0160000:
      return EntryKind::kSubmodule;
    default:
      return std::nullopt;
  }
}

// A link's body is one line without an end; a submodule is shown as a line of its own kind.
bool is_of_unknown_kind(const json::object& file, std::string_view status) {
  const std::string patch = text::string_member(file, "patch");
  const bool without_changes = text::number_member(file, "changes") == 0;
  if (status == "changed" || ((status == "renamed" || status == "copied") && without_changes)) return true;
  if (patch.find("\n+Subproject commit ") != std::string::npos) return true;
  return text::number_member(file, "additions") <= 1 && patch.find("\n\\ No newline") != std::string::npos;
}

// The number at the end of ".../issues/12".
int64_t number_at_end(std::string_view url) {
  const std::string_view digits = url.substr(url.rfind('/') + 1);
  int64_t value = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return code == std::errc() && end == digits.data() + digits.size() ? value : 0;
}

bool comment_of(const json::object& object, Comment& out) {
  out.id = text::number_member(object, "id");
  out.body = text::string_member(object, "body");
  out.html_url = text::string_member(object, "html_url");
  out.created_at = text::string_member(object, "created_at");
  out.updated_at = text::string_member(object, "updated_at");
  out.author = user_of(object, "user");
  const std::string issue = text::string_member(object, "issue_url");
  const std::string pull_request = text::string_member(object, "pull_request_url");
  out.number = number_at_end(issue.empty() ? pull_request : issue);
  // GitHub lists comments on both together; the page they are shown on tells.
  out.on_pull_request = issue.empty() || out.html_url.find("/pull/") != std::string::npos;
  out.path = text::string_member(object, "path");
  out.diff_hunk = text::string_member(object, "diff_hunk");
  out.in_reply_to = text::number_member(object, "in_reply_to_id");
  return out.id > 0 && out.number > 0 && is_time(out.updated_at);
}

bool issue_of(const json::object& object, Issue& out) {
  out.number = text::number_member(object, "number");
  out.title = text::string_member(object, "title");
  out.body = text::string_member(object, "body");
  out.state = text::string_member(object, "state");
  out.state_reason = text::string_member(object, "state_reason");
  out.html_url = text::string_member(object, "html_url");
  out.created_at = text::string_member(object, "created_at");
  out.updated_at = text::string_member(object, "updated_at");
  out.closed_at = text::string_member(object, "closed_at");
  out.author = user_of(object, "user");
  out.draft = text::flag_member(object, "draft");
  out.locked = text::flag_member(object, "locked");
  if (const json::object* pull_request = text::object_member(object, "pull_request")) {
    out.pull_request = true;
    out.merged_at = text::string_member(*pull_request, "merged_at");
  }
  if (const json::object* milestone = text::object_member(object, "milestone"))
    out.milestone = text::string_member(*milestone, "title");
  if (const json::array* labels = text::array_member(object, "labels")) {
    for (const json::value& label : *labels) { // an object, or its name alone
      if (label.is_string()) out.labels.emplace_back(label.get_string());
      if (label.is_object()) out.labels.push_back(text::string_member(label.get_object(), "name"));
    }
  }
  if (const json::array* assignees = text::array_member(object, "assignees")) {
    for (const json::value& assignee : *assignees) {
      if (assignee.is_object()) out.assignees.push_back(text::string_member(assignee.get_object(), "login"));
    }
  }
  return out.number > 0 && is_time(out.updated_at);
}

bool release_of(const json::object& object, Release& out) {
  out.id = text::number_member(object, "id");
  out.tag = text::string_member(object, "tag_name");
  out.name = text::string_member(object, "name");
  out.body = text::string_member(object, "body");
  out.html_url = text::string_member(object, "html_url");
  out.created_at = text::string_member(object, "created_at");
  out.published_at = text::string_member(object, "published_at");
  out.updated_at = text::string_member(object, "updated_at");
  out.author = user_of(object, "author");
  out.draft = text::flag_member(object, "draft");
  out.prerelease = text::flag_member(object, "prerelease");
  if (const json::array* assets = text::array_member(object, "assets")) {
    for (const json::value& value : *assets) {
      if (!value.is_object()) return false;
      const json::object& asset = value.get_object();
      out.assets.push_back({text::string_member(asset, "name"),
                            text::string_member(asset, "browser_download_url"),
                            text::string_member(asset, "content_type"), text::number_member(asset, "size")});
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
  const json::object* target =
      root->is_object() ? text::object_member(root->get_object(), "object") : nullptr;
  if (target == nullptr) return bad_answer("a branch");
  std::string sha = text::string_member(*target, "sha");
  if (!is_object_id(sha)) return bad_answer("a branch");
  return sha;
}

Result<Tree> read_tree(std::string_view body) {
  auto root = parse(body, "a tree");
  if (!root) return std::move(root).error();
  const json::array* entries = root->is_object() ? text::array_member(root->get_object(), "tree") : nullptr;
  if (entries == nullptr) return bad_answer("a tree");
  Tree out;
  out.truncated = text::flag_member(root->get_object(), "truncated");
  out.entries.reserve(entries->size());
  for (const json::value& value : *entries) {
    if (!value.is_object()) return bad_answer("a tree");
    const json::object& object = value.get_object();
    const auto kind = kind_of(text::string_member(object, "mode"));
    TreeEntry entry{text::string_member(object, "path"), text::string_member(object, "sha"),
                    kind.value_or(EntryKind::kFile),
                    static_cast<uint64_t>(std::max<int64_t>(0, text::number_member(object, "size")))};
    if (!kind || !is_entry_path(entry.path) || !is_object_id(entry.sha)) return bad_answer("a tree");
    out.entries.push_back(std::move(entry));
  }
  return out;
}

Result<Comparison> read_comparison(std::string_view body) {
  auto root = parse(body, "a comparison");
  if (!root) return std::move(root).error();
  const json::array* files = root->is_object() ? text::array_member(root->get_object(), "files") : nullptr;
  if (files == nullptr) return bad_answer("a comparison");
  Comparison out;
  out.status = text::string_member(root->get_object(), "status");
  for (const json::value& value : *files) {
    if (!value.is_object()) return bad_answer("a comparison");
    const json::object& object = value.get_object();
    const std::string status = text::string_member(object, "status");
    if (status == "unchanged") continue;
    ChangedFile file;
    file.path = text::string_member(object, "filename");
    file.previous_path = text::string_member(object, "previous_filename");
    file.sha = text::string_member(object, "sha");
    file.removed = status == "removed";
    file.renamed = status == "renamed";
    file.of_unknown_kind = !file.removed && is_of_unknown_kind(object, status);
    file.shows_pointer =
        text::string_member(object, "patch").find(text::kLfsPointerVersion) != std::string::npos;
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
    out.merged_at = text::string_member(object, "merged_at");
    return read;
  });
}

Result<Items<Comment>> read_comments(std::string_view body) {
  return items<Comment>(body, "a list of comments", comment_of);
}

Result<Items<Comment>> read_reviews(std::string_view body, int64_t pull_request) {
  return items<Comment>(body, "a list of reviews", [&](const json::object& object, Comment& out) {
    out.id = text::number_member(object, "id");
    out.number = pull_request;
    out.on_pull_request = true;
    out.body = text::string_member(object, "body");
    out.state = text::string_member(object, "state");
    out.html_url = text::string_member(object, "html_url");
    out.created_at = out.updated_at = text::string_member(object, "submitted_at"); // none: not sent off yet
    out.author = user_of(object, "user");
    return out.id > 0;
  });
}

Result<Items<Release>> read_releases(std::string_view body) {
  return items<Release>(body, "a list of releases", release_of);
}

Result<Items<Reader>> read_readers(std::string_view body) {
  return items<Reader>(body, "a list of collaborators", [](const json::object& object, Reader& out) {
    out.id = text::number_member(object, "id");
    out.login = text::string_member(object, "login");
    const json::object* permissions = text::object_member(object, "permissions");
    out.may_read = permissions != nullptr && text::flag_member(*permissions, "pull");
    return out.id > 0 && permissions != nullptr;
  });
}

Result<Items<User>> read_owners(std::string_view body) {
  return items<User>(body, "a list of organizations", [](const json::object& object, User& out) {
    out = {text::string_member(object, "login"), text::string_member(object, "html_url")};
    return is_owner_name(out.login);
  });
}

Result<User> read_user(std::string_view body) {
  auto root = parse(body, "the token's user");
  if (!root) return std::move(root).error();
  if (!root->is_object()) return bad_answer("the token's user");
  User user{text::string_member(root->get_object(), "login"),
            text::string_member(root->get_object(), "html_url")};
  if (!is_owner_name(user.login)) return bad_answer("the token's user");
  return user;
}

} // namespace circuit::feeds::github
