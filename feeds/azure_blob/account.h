#pragma once
// What an Azure connection can be asked: whether its key works, and which containers and folders there are.

#include <string>

#include "feeds/azure_blob/client.h"

namespace circuit::feeds::azure_blob {

class AzureBlobAccount final : public sync::Account {
 public:
  AzureBlobAccount(Client client, circuit::feeds::v1::Connection connection)
      : client_(std::move(client)), connection_(std::move(connection)) {}

  // One container, and one of its blobs: two requests.
  Task<Result<circuit::feeds::v1::ConnectionReport>> check(sync::Api& api) override;
  // Containers; of a container its folders; of a folder ("container/folder/") those in it.
  Task<Result<circuit::feeds::v1::BrowseResponse>> browse(sync::Api& api,
                                                          circuit::feeds::v1::BrowseRequest request) override;

 private:
  Client client_;
  circuit::feeds::v1::Connection connection_;
};

} // namespace circuit::feeds::azure_blob
