#pragma once
// Reads repositories, one after another; each has a part of the cursor, by its number. One repository's
// trouble is that repository's: the others are read, and the sync says what is missing and why. Only when
// nothing at all could be read has it failed.
//
// A repository that is not there any more (deleted, made private, the token's access withdrawn: GitHub
// answers 404 to all three) removes nothing. What is removed is what is certainly not selected any more.

#include <set>
#include <string>

#include "feeds/github/place.h"
#include "ingest/sync/troubles.h"

namespace circuit::feeds::github {

class GitHubFeed final : public sync::Feed {
 public:
  GitHubFeed(v1::GitHubSelection selection, GitHubOptions options)
      : selection_(std::move(selection)), options_(std::move(options)) {}

  Task<void> pull(sync::Pull& pull) override;

 private:
  Task<void> read_named(Place& place);
  Task<void> read_owned(Place& place, std::string owner);
  // Of a list of repositories, those of the owner; false: the list's errors were noted.
  Task<Result<void>> read_list(Place& place, std::string url, std::string owner);
  Task<void> read_repository(Place& place, Repository repository);
  Task<void> read_files(Place& place);
  Task<void> read_discussion(Place& place);
  Task<void> note(Place& place, const char* what, Result<void> outcome);
  // Whether all of it is removed.
  Task<bool> forget_all(Place& place);
  Task<void> forget_unselected(Place& place);
  bool is_selected(const Repository& repository) const;

  v1::GitHubSelection selection_;
  GitHubOptions options_;
  sync::Troubles troubles_;
  std::set<std::string> met_; // parts of repositories that were read, or have their trouble
  bool all_listed_ = true;
};

} // namespace circuit::feeds::github
