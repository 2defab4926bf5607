#pragma once
// What a GitHub connection can be asked: whether its token works, and which owners and repositories it sees.

#include <string>

#include "feeds/github/client.h"

namespace circuit::feeds::github {

class GitHubAccount final : public sync::Account {
 public:
  GitHubAccount(Client client, circuit::feeds::v1::Connection connection)
      : client_(std::move(client)), connection_(std::move(connection)) {}

  // The token's own user: one request.
  Task<Result<circuit::feeds::v1::ConnectionReport>> check(sync::Api& api) override;
  // Owners at the top, their repositories below them. Page tokens are the addresses that GitHub named.
  Task<Result<circuit::feeds::v1::BrowseResponse>> browse(sync::Api& api,
                                                          circuit::feeds::v1::BrowseRequest request) override;

 private:
  Client client_;
  circuit::feeds::v1::Connection connection_;
};

} // namespace circuit::feeds::github
