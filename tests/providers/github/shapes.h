#pragma once
// The JSON of what a World holds, with all that GitHub's description requires. Pure; any thread.

#include <boost/json.hpp>

#include "tests/providers/github/world.h"

namespace circuit::providers::github {

boost::json::object user_json(const std::string& login, const std::string& base);
boost::json::object private_user_json(const std::string& login, const std::string& base);
boost::json::object repository_json(const SimRepository& repository, const std::string& base);
boost::json::object ref_json(const SimRepository& repository, const std::string& branch,
                             const std::string& base);
boost::json::object issue_json(const SimRepository& repository, const SimIssue& issue,
                               const std::string& base);
boost::json::object pull_request_json(const SimRepository& repository, const SimIssue& issue,
                                      const std::string& base);
boost::json::object comment_json(const SimRepository& repository, const SimComment& comment,
                                 const std::string& base);
boost::json::object review_comment_json(const SimRepository& repository, const SimComment& comment,
                                        const std::string& base);
boost::json::object review_json(const SimRepository& repository, const SimComment& review,
                                const std::string& base);
boost::json::object collaborator_json(const SimCollaborator& collaborator, const std::string& base);
boost::json::object release_json(const SimRepository& repository, const SimRelease& release,
                                 const std::string& base);
boost::json::object tree_json(const SimRepository& repository, const std::string& tree, bool recursive,
                              size_t entries, const std::string& base);
boost::json::object blob_json(const SimRepository& repository, const std::string& sha,
                              const std::string& base);
boost::json::object comparison_json(const SimRepository& repository, const SimCommit& base_commit,
                                    const SimCommit& head, const std::string& base);

} // namespace circuit::providers::github
