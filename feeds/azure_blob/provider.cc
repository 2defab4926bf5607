#include "feeds/azure_blob/provider.h"

#include "feeds/azure_blob/account.h"
#include "feeds/azure_blob/client.h"
#include "feeds/azure_blob/feed.h"
#include "feeds/azure_blob/names.h"
#include "ingest/sync/connection.h"
#include "ingest/sync/selection.h"

namespace circuit::feeds::azure_blob {
namespace {

using Names = google::protobuf::RepeatedPtrField<std::string>;

// Sorted; none that another one covers.
void keep_shortest(Names& prefixes) {
  sync::sort_unique(prefixes);
  Names kept;
  for (auto& prefix : prefixes) {
    if (kept.empty() || !prefix.starts_with(kept.Get(kept.size() - 1))) *kept.Add() = std::move(prefix);
  }
  prefixes.Swap(&kept);
}

Result<void> check_names(const v1::AzureBlobSelection& selection) {
  for (const auto& name : selection.containers()) {
    if (is_container_name(name)) continue;
    return make_error(ErrorClass::kInvalid, "AZURE_CONTAINER_NAME_INVALID",
                      "\"" + name.substr(0, 80) + "\" is no container's name",
                      "Names of containers have 3 to 63 of a-z, 0-9 and single hyphens; put what follows the "
                      "container into the prefixes.")
        .with("field", "azure_blob.containers");
  }
  constexpr size_t kLongestName = 1024 * 4; // in characters at Azure
  for (const auto& prefix : selection.prefixes()) {
    if (!prefix.empty() && prefix.size() <= kLongestName && !prefix.starts_with('/')) continue;
    return make_error(ErrorClass::kInvalid, "AZURE_PREFIX_INVALID",
                      "\"" + prefix.substr(0, 80) + "\" is no prefix that names of blobs have",
                      "Prefixes are not empty and do not begin with \"/\"; leave them out to have all blobs.")
        .with("field", "azure_blob.prefixes");
  }
  return {};
}

} // namespace

std::string base_url(const v1::Connection& connection, const AzureBlobOptions& options) {
  std::string suffix = sync::parameter(connection, "endpoint_suffix");
  if (suffix.empty()) suffix = "core.windows.net";
  return sync::base_url(connection, options.base_url,
                        "https://" + sync::parameter(connection, "account") + ".blob." + suffix);
}

Result<void> AzureBlobProvider::canonicalize(v1::Feed& feed) const {
  if (!feed.has_azure_blob()) {
    return make_error(ErrorClass::kInvalid, "AZURE_SELECTION_MISSING", "The feed has no selection of blobs",
                      "Set azure_blob; an empty one selects all containers of the account.")
        .with("field", "azure_blob");
  }
  auto& selection = *feed.mutable_azure_blob();
  if (auto checked = check_names(selection); !checked) return checked;
  if (const auto globs = globs_of(selection); !globs) {
    Error error = globs.error();
    error.metadata["field"] = "azure_blob." + error.metadata["field"];
    return error;
  }
  sync::sort_unique(*selection.mutable_containers());
  keep_shortest(*selection.mutable_prefixes());
  sync::sort_unique(*selection.mutable_include());
  sync::sort_unique(*selection.mutable_exclude());
  return {};
}

std::string AzureBlobProvider::identity(const v1::Feed& feed) const {
  const auto& selection = feed.azure_blob();
  std::string identity = feed.connection();
  const auto add = [&identity](char kind, const Names& names) {
    for (const auto& name : names) identity.append(1, '\0').append(1, kind).append(name);
  };
  add('c', selection.containers());
  add('p', selection.prefixes());
  add('i', selection.include());
  add('e', selection.exclude());
  if (selection.with_versions()) identity.append(1, '\0').append("v");
  if (selection.with_snapshots()) identity.append(1, '\0').append("s");
  return identity;
}

std::unique_ptr<sync::Feed> AzureBlobProvider::make_feed(const v1::Feed& feed) const {
  return std::make_unique<AzureBlobFeed>(feed.azure_blob(), options_);
}

std::unique_ptr<sync::Account> AzureBlobProvider::make_account(const v1::Connection& connection) const {
  return std::make_unique<AzureBlobAccount>(Client(base_url(connection, options_)), connection);
}

} // namespace circuit::feeds::azure_blob
