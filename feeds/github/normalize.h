#pragma once
// What GitHub has to documents. Pure; any thread.
//
// External ids begin with the repository's number, which a rename or a transfer does not change:
//
//   {repository}/files/{branch}/{path}
//   {repository}/issues/{number}     {repository}/pull/{number}
//   {repository}/comments/{id}       of an issue or a pull request, as a whole
//   {repository}/review-comments/{id}  of lines of a pull request
//   {repository}/reviews/{id}        {repository}/releases/{id}

#include <string>

#include "circuit/feeds/v1/document.pb.h"
#include "feeds/github/raw.h"

namespace circuit::feeds::github {

namespace v1 = circuit::feeds::v1;

std::string file_id(const Repository& repository, const std::string& branch, const std::string& path);
std::string issue_id(const Repository& repository, int64_t number, bool pull_request);
std::string comment_id(const Repository& repository, const Comment& comment);
std::string review_id(const Repository& repository, const Comment& review);
std::string release_id(const Repository& repository, const Release& release);

// Who may read a repository's documents, so that others make another version: empty for everyone.
std::string audience(const Repository& repository);

// Versions: the blob's id, or the time of the last change and what is said, for times are seconds, in which
// more than one change may be; and the audience.
std::string file_version(const Repository& repository, const TreeEntry& entry);
std::string item_version(const Repository& repository, const Issue& issue);
std::string item_version(const Repository& repository, const Comment& comment);
std::string review_version(const Repository& repository, const Comment& review);
std::string release_version(const Repository& repository, const Release& release);

// A file without its text.
v1::Document normalize_file(const Repository& repository, const std::string& branch, const TreeEntry& entry);
// Texts are GitHub's Markdown as it was written; longer ones than `max_text_bytes` are cut, and say so.
v1::Document normalize(const Repository& repository, const Issue& issue, uint64_t max_text_bytes);
v1::Document normalize(const Repository& repository, const Comment& comment, uint64_t max_text_bytes);
v1::Document normalize_review(const Repository& repository, const Comment& review, uint64_t max_text_bytes);
v1::Document normalize(const Repository& repository, const Release& release, uint64_t max_text_bytes);

} // namespace circuit::feeds::github
