#pragma once
// A provider of the catalog, on a terminal.

#include <string>

#include "config/catalog.h"

namespace circuit::cli {

// `pulled`: whether this program does, in words.
void show_entry(const config::CatalogEntry& entry, const std::string& pulled);

} // namespace circuit::cli
