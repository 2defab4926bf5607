#pragma once
// The prose of the demonstration's publications, the oldest item first. Private to this folder.

#include <span>

#include "tests/providers/rss/demonstration.h"

namespace circuit::providers::rss {

extern const std::span<const DemonstrationItem> kHarbourItems;
extern const std::span<const DemonstrationItem> kBuildRoomItems;
extern const std::span<const DemonstrationItem> kLoafItems;
extern const std::span<const DemonstrationItem> kTrainItems;
extern const std::span<const DemonstrationItem> kWeatherItems;
extern const std::span<const DemonstrationItem> kLibraryItems;

} // namespace circuit::providers::rss
