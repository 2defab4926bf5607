// What GitHub says. The first byte chooses the kind of answer, the first line is a Link header, the rest the
// body. A body that is no list is also tried as the only item of one.

#include "feeds/github/client.h"
#include "feeds/github/normalize.h"
#include "ingest/text/charset.h"
#include "tests/fuzz/target.h"

namespace {

using namespace circuit;
using namespace circuit::feeds::github;

constexpr uint64_t kMaxTextBytes = 200;

Repository repository() {
  Repository repository;
  repository.id = 7;
  repository.full_name = "octocat/hello-world";
  repository.owner = "octocat";
  repository.visibility = "private";
  repository.html_url = "https://github.com/octocat/hello-world";
  repository.access.kind = Access::Kind::kRestricted;
  repository.access.readers = {{3, "hubot", true}};
  return repository;
}

void require_document(const v1::Document& document) {
  fuzz::require(document.external_id().starts_with("7/"), "an id begins with the repository's",
                document.external_id());
  fuzz::require(!document.version().empty() && !document.title().empty(), "a document has version and title",
                document.external_id());
  fuzz::require(document.text().size() <= kMaxTextBytes, "a text is as long as allowed");
  fuzz::require(text::is_valid_utf8(document.SerializeAsString().empty() ? "" : document.text()),
                "a text is UTF-8", document.text());
  for (const std::string* field : {&document.external_id(), &document.title(), &document.canonical_url()})
    fuzz::require(text::is_valid_utf8(*field), "a field is UTF-8", *field);
  for (const auto& [name, value] : document.metadata())
    fuzz::require(text::is_valid_utf8(value), "metadata are UTF-8", name);
  fuzz::require(document.permissions().readers_size() == 1, "its readers are the repository's");
}

// Times are compared as text and put into addresses.
void require_time(const std::string& time) {
  fuzz::require(time.size() == 20 && time.back() == 'Z', "a time has its form", time);
}

template <class T>
bool is_clear(const Result<T>& result) {
  if (result) return true;
  fuzz::require_clear(result.error());
  fuzz::require(result.error().reason == "GITHUB_BAD_ANSWER", "a body is refused as such",
                result.error().reason);
  return false;
}

void check_repositories(std::string_view body) {
  if (const auto one = read_repository(body); is_clear(one)) {
    fuzz::require(one->id > 0 && is_repository_name(one->full_name), "a repository has a name",
                  one->full_name);
    fuzz::require(one->visibility != "" && is_owner_name(one->owner), "and an owner", one->owner);
  }
  if (const auto owners = read_owners(body); is_clear(owners)) {
    for (const User& owner : owners->items)
      fuzz::require(is_owner_name(owner.login), "an owner", owner.login);
  }
  if (const auto readers = read_readers(body); is_clear(readers)) {
    for (const Reader& reader : readers->items) fuzz::require(reader.id > 0, "a reader has an id");
  }
  is_clear(read_repositories(body));
  is_clear(read_user(body));
}

void check_git(std::string_view body) {
  if (const auto ref = read_ref(body); is_clear(ref)) fuzz::require(is_object_id(*ref), "an id", *ref);
  if (const auto tree = read_tree(body); is_clear(tree)) {
    for (const TreeEntry& entry : tree->entries) {
      fuzz::require(is_object_id(entry.sha) && is_entry_path(entry.path), "an entry has path and id",
                    entry.path);
      if (entry.kind != EntryKind::kTree) require_document(normalize_file(repository(), "main", entry));
    }
    const auto again = read_tree(body);
    fuzz::require(again && again->entries.size() == tree->entries.size(), "the same bytes give the same");
  }
  if (const auto changes = read_comparison(body); is_clear(changes)) {
    for (const ChangedFile& file : changes->files) {
      fuzz::require(!file.path.empty(), "a changed file has a path");
      fuzz::require(file.removed || is_object_id(file.sha), "and an id, if it is there", file.sha);
    }
  }
}

void check_discussion(std::string_view body) {
  const Repository of = repository();
  if (const auto issues = read_issues(body); is_clear(issues)) {
    for (const Issue& issue : issues->items) {
      require_time(issue.updated_at);
      require_document(normalize(of, issue, kMaxTextBytes));
    }
  }
  if (const auto pulls = read_pull_requests_list(body); is_clear(pulls)) {
    for (const Issue& pull : pulls->items) fuzz::require(pull.pull_request, "a pull request is one");
  }
  if (const auto comments = read_comments(body); is_clear(comments)) {
    for (const Comment& comment : comments->items) {
      require_time(comment.updated_at);
      const auto document = normalize(of, comment, kMaxTextBytes);
      require_document(document);
      fuzz::require(document.parent_id().starts_with("7/"), "a comment belongs somewhere",
                    document.parent_id());
    }
  }
  if (const auto reviews = read_reviews(body, 3); is_clear(reviews)) {
    for (const Comment& review : reviews->items)
      require_document(normalize_review(of, review, kMaxTextBytes));
  }
  if (const auto releases = read_releases(body); is_clear(releases)) {
    for (const Release& release : releases->items) require_document(normalize(of, release, kMaxTextBytes));
  }
}

void check_link(std::string_view link) {
  const std::string next = next_link(link);
  fuzz::require(next.empty() || link.find(next) != std::string_view::npos, "a next page was named", next);
}

// Of a refusal with these headers: one line each, "name: value".
void check_refusal(int status, std::string_view input) {
  fuzz::Input lines(input);
  http::Response response;
  response.status = status;
  while (!lines.at_end()) {
    const std::string_view line = lines.line();
    if (line.empty()) break;
    const size_t colon = std::min(line.find(": "), line.size());
    response.headers.add(std::string(line.substr(0, colon)),
                         std::string(line.substr(std::min(colon + 2, line.size()))));
  }
  response.body = std::string(lines.rest());
  const SystemTime now{std::chrono::seconds(1'800'000'000)};
  if (const auto wait = patience(response, now))
    fuzz::require(*wait >= Duration::zero() && *wait <= std::chrono::hours(24), "a wait is bounded");
  const Error error = status_error(response, "it", status % 2 == 0);
  fuzz::require_clear(error);
}

} // namespace

void circuit::fuzz::check_input(std::string_view bytes) {
  Input input(bytes);
  const unsigned kind = input.byte();
  if (kind % 4 == 3) {
    constexpr int kStatuses[] = {401, 403, 404, 409, 410, 422, 429, 451, 500, 302, 204};
    const int status = kStatuses[input.byte() % std::size(kStatuses)];
    return check_refusal(status, input.rest());
  }
  check_link(input.line());
  const std::string_view body = input.rest();
  for (const std::string& text : {std::string(body), "[" + std::string(body) + "]"}) {
    if (kind % 4 == 0) check_repositories(text);
    if (kind % 4 == 1) check_git(text);
    if (kind % 4 == 2) check_discussion(text);
  }
}
