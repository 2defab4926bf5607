#pragma once
// What a HubSpot connection can be asked: whether its token works, and which forms there are.

#include <string>

#include "feeds/hubspot_forms/client.h"

namespace circuit::feeds::hubspot_forms {

class HubSpotAccount final : public sync::Account {
 public:
  HubSpotAccount(Client client, std::string connection)
      : client_(std::move(client)), connection_(std::move(connection)) {}

  // One form, and one of its submissions: two requests.
  Task<Result<circuit::feeds::v1::ConnectionReport>> check(sync::Api& api) override;
  Task<Result<circuit::feeds::v1::BrowseResponse>> browse(sync::Api& api,
                                                          circuit::feeds::v1::BrowseRequest request) override;

 private:
  Client client_;
  std::string connection_;
};

} // namespace circuit::feeds::hubspot_forms
