#include "feeds/github/normalize.h"

#include "ingest/runtime/digest.h"
#include "ingest/state/timestamp.h"
#include "ingest/text/charset.h"
#include "ingest/text/dates.h"
#include "ingest/text/percent.h"

namespace circuit::feeds::github {
namespace {

void set_time(const std::string& said, google::protobuf::Timestamp* (v1::Document::*field)(),
              v1::Document& document) {
  if (const auto time = text::parse_date(said)) *(document.*field)() = circuit::state::to_timestamp(*time);
}

void set_author(const User& user, v1::Document& document) {
  if (user.login.empty()) return; // "ghost": the account was deleted
  auto* author = document.add_authors();
  author->set_name(user.login);
  author->set_url(user.html_url);
}

// Line ends as everywhere else; cut between two characters.
void set_text(const std::string& body, uint64_t max_bytes, const char* otherwise, v1::Document& document) {
  std::string out;
  out.reserve(body.size());
  for (size_t i = 0; i < body.size(); ++i) {
    if (body[i] == '\r' && i + 1 < body.size() && body[i + 1] == '\n') continue;
    out += body[i] == '\r' ? '\n' : body[i];
  }
  if (out.empty()) out = otherwise;
  if (out.size() > max_bytes) {
    out.resize(text::truncate_utf8(out, max_bytes).size());
    document.set_text_truncated(true);
  }
  document.set_text(std::move(out));
}

std::string prefix(const Repository& repository) { return std::to_string(repository.id) + "/"; }

void set_access(const Access& access, v1::Document& document) {
  v1::Permissions& permissions = *document.mutable_permissions();
  permissions.set_visibility(access.kind == Access::Kind::kPublic       ? v1::Permissions::PUBLIC
                             : access.kind == Access::Kind::kRestricted ? v1::Permissions::RESTRICTED
                                                                        : v1::Permissions::UNKNOWN);
  for (const Reader& reader : access.readers) {
    auto* principal = permissions.add_readers();
    principal->set_kind(v1::Principal::USER);
    principal->set_id(std::to_string(reader.id));
    principal->set_display_name(reader.login);
  }
  if (!access.why_unknown.empty()) (*document.mutable_metadata())["permissions.unknown"] = access.why_unknown;
}

v1::Document begin(const Repository& repository, std::string external_id, std::string version) {
  v1::Document document;
  document.set_external_id(std::move(external_id));
  document.set_version(std::move(version));
  document.add_path(repository.full_name);
  set_access(repository.access, document);
  auto& metadata = *document.mutable_metadata();
  metadata["github.repository"] = repository.full_name;
  metadata["github.repository_id"] = std::to_string(repository.id);
  metadata["github.visibility"] = repository.visibility;
  return document;
}

const char* kind_name(EntryKind kind) {
  switch (kind) {
    case EntryKind::kSymlink:
      return "symlink";
    case EntryKind::kSubmodule:
      return "submodule";
    default:
      return "file";
  }
}

// What may stand in a path as it is (RFC 3986, pchar).
std::string escaped_path(const std::string& path) { return text::percent_encoded(path, "/!$&'()*+,;=:@"); }

void add_tags(const std::vector<std::string>& labels, v1::Document& document) {
  for (const std::string& label : labels) {
    if (!label.empty()) document.add_tags()->set_term(label);
  }
}

// No two lists of parts are joined to the same.
std::string joined_parts(const std::vector<const std::string*>& parts) {
  std::string all;
  for (const std::string* part : parts) all += std::to_string(part->size()) + ":" + *part;
  return all;
}

std::string digest_of(const std::vector<const std::string*>& parts) {
  constexpr size_t kBytes = 8;
  return to_hex(sha256(joined_parts(parts)).substr(0, kBytes));
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

} // namespace

std::string file_id(const Repository& repository, const std::string& branch, const std::string& path) {
  return prefix(repository) + "files/" + branch + "/" + path;
}

std::string issue_id(const Repository& repository, int64_t number, bool pull_request) {
  return prefix(repository) + (pull_request ? "pull/" : "issues/") + std::to_string(number);
}

std::string comment_id(const Repository& repository, const Comment& comment) {
  return prefix(repository) + (comment.path.empty() ? "comments/" : "review-comments/") +
         std::to_string(comment.id);
}

std::string review_id(const Repository& repository, const Comment& review) {
  return prefix(repository) + "reviews/" + std::to_string(review.id);
}

std::string release_id(const Repository& repository, const Release& release) {
  return prefix(repository) + "releases/" + std::to_string(release.id);
}

std::string audience(const Repository& repository) {
  const Access& access = repository.access;
  if (access.kind == Access::Kind::kPublic) return {};
  std::string out = "+" + repository.visibility;
  if (access.kind == Access::Kind::kUnknown) return out;
  constexpr size_t kBytes = 8;
  std::string all;
  for (const Reader& reader : access.readers) all += std::to_string(reader.id) + ":" + reader.login + "\n";
  return out + "." + to_hex(sha256(all).substr(0, kBytes));
}

std::string file_version(const Repository& repository, const TreeEntry& entry) {
  const bool plain = entry.kind == EntryKind::kFile || entry.kind == EntryKind::kExecutable;
  return entry.sha + (plain ? "" : std::string("+") + kind_name(entry.kind)) + audience(repository);
}

std::string item_version(const Repository& repository, const Issue& issue) {
  std::vector<const std::string*> parts = {&issue.title,        &issue.body,      &issue.state,
                                           &issue.state_reason, &issue.closed_at, &issue.merged_at,
                                           &issue.milestone};
  for (const std::string& label : issue.labels) parts.push_back(&label);
  parts.push_back(&issue.updated_at); // between the two lists
  for (const std::string& login : issue.assignees) parts.push_back(&login);
  const std::string flags = {issue.draft ? 'd' : '-', issue.locked ? 'l' : '-'};
  parts.push_back(&flags);
  return issue.updated_at + "." + digest_of(parts) + audience(repository);
}

std::string item_version(const Repository& repository, const Comment& comment) {
  return comment.updated_at + "." + digest_of({&comment.body, &comment.path, &comment.diff_hunk}) +
         audience(repository);
}

std::string review_version(const Repository& repository, const Comment& review) {
  // A review that is edited or dismissed keeps its time.
  constexpr size_t kBytes = 12;
  const std::string hash = to_hex(sha256(review.state + '\n' + review.body).substr(0, kBytes));
  return hash + audience(repository);
}

std::string release_version(const Repository& repository, const Release& release) {
  constexpr size_t kBytes = 12;
  std::string all =
      joined_parts({&release.tag, &release.name, &release.body, &release.published_at, &release.updated_at});
  for (const auto& asset : release.assets) all += asset.url + std::to_string(asset.size_bytes);
  all += release.draft ? "d" : "";
  all += release.prerelease ? "p" : "";
  return to_hex(sha256(all).substr(0, kBytes)) + audience(repository);
}

v1::Document normalize_file(const Repository& repository, const std::string& branch, const TreeEntry& entry) {
  v1::Document document =
      begin(repository, file_id(repository, branch, entry.path), file_version(repository, entry));
  size_t start = 0;
  for (size_t slash; (slash = entry.path.find('/', start)) != std::string::npos; start = slash + 1)
    document.add_path(entry.path.substr(start, slash - start));
  document.add_path(entry.path.substr(start));
  document.set_title(entry.path.substr(start));
  document.set_canonical_url(repository.html_url + "/blob/" + escaped_path(branch) + "/" +
                             escaped_path(entry.path));
  auto& metadata = *document.mutable_metadata();
  metadata["github.kind"] = kind_name(entry.kind);
  metadata["github.branch"] = branch;
  metadata["github.path"] = entry.path;
  metadata["github.blob_sha"] = entry.sha;
  return document;
}

v1::Document normalize(const Repository& repository, const Issue& issue, uint64_t max_text_bytes) {
  v1::Document document = begin(repository, issue_id(repository, issue.number, issue.pull_request),
                                item_version(repository, issue));
  document.add_path("#" + std::to_string(issue.number));
  document.set_title(issue.title.empty() ? "#" + std::to_string(issue.number) : issue.title);
  document.set_canonical_url(issue.html_url);
  document.set_mime_type("text/markdown");
  set_author(issue.author, document);
  set_time(issue.created_at, &v1::Document::mutable_created_at, document);
  set_time(issue.updated_at, &v1::Document::mutable_updated_at, document);
  set_text(issue.body, max_text_bytes, "(no description)", document);
  add_tags(issue.labels, document);
  auto& metadata = *document.mutable_metadata();
  metadata["github.kind"] = issue.pull_request ? "pull-request" : "issue";
  metadata["github.number"] = std::to_string(issue.number);
  metadata["github.state"] = issue.merged_at.empty() ? issue.state : "merged";
  if (!issue.state_reason.empty()) metadata["github.state_reason"] = issue.state_reason;
  if (!issue.closed_at.empty()) metadata["github.closed_at"] = issue.closed_at;
  if (!issue.merged_at.empty()) metadata["github.merged_at"] = issue.merged_at;
  if (!issue.milestone.empty()) metadata["github.milestone"] = issue.milestone;
  if (!issue.assignees.empty()) metadata["github.assignees"] = joined(issue.assignees);
  if (issue.draft) metadata["github.draft"] = "true";
  if (issue.locked) metadata["github.locked"] = "true";
  return document;
}

v1::Document normalize(const Repository& repository, const Comment& comment, uint64_t max_text_bytes) {
  v1::Document document =
      begin(repository, comment_id(repository, comment), item_version(repository, comment));
  document.set_parent_id(issue_id(repository, comment.number, comment.on_pull_request));
  document.add_path("#" + std::to_string(comment.number));
  document.set_title("Comment on #" + std::to_string(comment.number));
  document.set_canonical_url(comment.html_url);
  document.set_mime_type("text/markdown");
  set_author(comment.author, document);
  set_time(comment.created_at, &v1::Document::mutable_created_at, document);
  set_time(comment.updated_at, &v1::Document::mutable_updated_at, document);
  set_text(comment.body, max_text_bytes, "(an empty comment)", document);
  auto& metadata = *document.mutable_metadata();
  metadata["github.kind"] = comment.path.empty() ? "comment" : "review-comment";
  metadata["github.number"] = std::to_string(comment.number);
  if (!comment.path.empty()) metadata["github.path"] = comment.path;
  constexpr size_t kLongestHunk = 8192;
  if (!comment.diff_hunk.empty() && comment.diff_hunk.size() <= kLongestHunk)
    metadata["github.diff_hunk"] = comment.diff_hunk;
  if (comment.in_reply_to > 0) {
    Comment replied_to;
    replied_to.id = comment.in_reply_to;
    replied_to.path = comment.path;
    metadata["github.in_reply_to"] = comment_id(repository, replied_to);
  }
  return document;
}

v1::Document normalize_review(const Repository& repository, const Comment& review, uint64_t max_text_bytes) {
  v1::Document document =
      begin(repository, review_id(repository, review), review_version(repository, review));
  document.set_parent_id(issue_id(repository, review.number, true));
  document.add_path("#" + std::to_string(review.number));
  document.set_title("Review of #" + std::to_string(review.number));
  document.set_canonical_url(review.html_url);
  document.set_mime_type("text/markdown");
  set_author(review.author, document);
  set_time(review.created_at, &v1::Document::mutable_created_at, document);
  set_text(review.body, max_text_bytes, "(no words)", document);
  auto& metadata = *document.mutable_metadata();
  metadata["github.kind"] = "review";
  metadata["github.number"] = std::to_string(review.number);
  metadata["github.state"] = review.state;
  return document;
}

v1::Document normalize(const Repository& repository, const Release& release, uint64_t max_text_bytes) {
  v1::Document document =
      begin(repository, release_id(repository, release), release_version(repository, release));
  document.add_path(release.tag);
  document.set_title(!release.name.empty()  ? release.name
                     : !release.tag.empty() ? release.tag
                                            : "Release " + std::to_string(release.id)); // a draft
  document.set_canonical_url(release.html_url);
  document.set_mime_type("text/markdown");
  set_author(release.author, document);
  set_time(release.created_at, &v1::Document::mutable_created_at, document);
  set_time(release.updated_at.empty() ? release.published_at : release.updated_at,
           &v1::Document::mutable_updated_at, document);
  set_text(release.body, max_text_bytes, "(no notes)", document);
  for (const auto& asset : release.assets) {
    auto* attachment = document.add_attachments();
    attachment->set_url(asset.url);
    attachment->set_mime_type(asset.mime_type);
    attachment->set_size_bytes(asset.size_bytes);
    attachment->set_title(asset.name);
  }
  auto& metadata = *document.mutable_metadata();
  metadata["github.kind"] = "release";
  metadata["github.tag"] = release.tag;
  if (release.draft) metadata["github.draft"] = "true";
  if (release.prerelease) metadata["github.prerelease"] = "true";
  return document;
}

} // namespace circuit::feeds::github
