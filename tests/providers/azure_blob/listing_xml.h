#pragma once
// The XML of List Blobs and List Containers. Pure; any thread.

#include <string>
#include <vector>

#include "tests/providers/azure_blob/world.h"

namespace circuit::providers::azure_blob {

struct ListedBlob {
  std::string name;
  const SimBlob* blob = nullptr;
  std::string snapshot{};
  std::string version_id{};
  bool current = false;
  bool deleted = false;
  std::string key{}; // where it stands in the listing
};

std::string containers_xml(const std::vector<std::string>& names, const std::string& next_marker);
std::string blobs_xml(const std::vector<ListedBlob>& blobs, const std::vector<std::string>& prefixes,
                      const std::string& next_marker, bool with_metadata, bool with_tags);

} // namespace circuit::providers::azure_blob
