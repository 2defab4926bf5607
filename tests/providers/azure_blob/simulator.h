#pragma once
// Azure Blob Storage's HTTP interface over a World, after its reference (learn.microsoft.com, "Blob service
// REST API"):
//
//   List Containers   GET /?comp=list                            maxresults (1 to 5000), marker
//   List Blobs        GET /{container}?restype=container&comp=list  prefix, delimiter, marker, maxresults;
//                     include=metadata,tags,deleted,versions,snapshots; names in order; names that XML cannot
//                     carry encoded (2021-02-12); a byte order mark before the XML; ETags without quotes
//   Get Blob          GET /{container}/{blob} ?versionid, ?snapshot; If-Match; x-ms-range with 206 and
//                     x-ms-range-get-content-md5 for ranges of up to 4 MiB; 409 BlobArchived,
//                     BlobUsesCustomerSpecifiedEncryption; 412 ConditionNotMet; 416 InvalidRange
//   Get Blob Properties  HEAD /{container}/{blob}
//   Shared Key        403 AuthenticationFailed, also for a date that is off by more than 15 minutes
//
// One thread, that of the world, which must outlive this.

#include <functional>
#include <string>

#include "tests/providers/azure_blob/world.h"
#include "tests/providers/simulated_provider.h"

namespace circuit::providers::azure_blob {

struct SimulatorOptions {
  std::string account = "simulated";
  std::string key = "c2ltdWxhdGVkIGtleSBvZiBhbiBhY2NvdW50IHRoYXQgaXMgbm9uZQ=="; // base64
  std::string second_key = "YW5vdGhlciBvbmUgb2YgdGhlIHNhbWU=";
  bool hierarchical = false;    // refuses tags and deleted blobs in listings
  bool account_in_path = false; // as emulators have it: http://127.0.0.1:10000/account/container/blob
};

class AzureBlobSimulator final : public SimulatedProvider {
 public:
  AzureBlobSimulator(World& world, SimulatorOptions options);

  SimResponse respond(const SimRequest& request, SystemTime now, std::optional<ContentFault> fault) override;

  bool firewall = false; // lets nobody in
  bool first_key_works = true;
  Duration clock_ahead{}; // of the service's clock
  // Called before a blob's content is given: what others do in between.
  std::function<void(const std::string& container, const std::string& name)> before_content;
  // Before the first byte of a blob's content.
  std::function<Duration(const std::string& name)> delay_of;
  uint64_t lists() const { return lists_; }
  uint64_t gets() const { return gets_; }

 private:
  std::optional<SimResponse> unauthorized(const SimRequest& request, SystemTime now) const;
  SimResponse answer(const SimRequest& request);
  std::string path_in_account(const SimRequest& request) const;
  SimResponse list_containers(const SimRequest& request) const;
  SimResponse list_blobs(const std::string& container, const SimRequest& request) const;
  SimResponse get_blob(const std::string& container, const std::string& name, const SimRequest& request);

  World& world_;
  const SimulatorOptions options_;
  const std::string key_, second_key_; // decoded
  uint64_t lists_ = 0;
  uint64_t gets_ = 0;
};

} // namespace circuit::providers::azure_blob
