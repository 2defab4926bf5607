#pragma once
// Catalog entries as they are built into the program: reading YAML and checking it takes 190 million
// instructions for all, which the build spends once and no start has to. Pure; any thread.
//
// Packed by one program of a build and unpacked by another of the same build: the form has no version.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "config/catalog_entry.h"

namespace circuit::config {

std::string pack(const CatalogEntry& entry);
// None: that is not what pack() wrote.
std::optional<CatalogEntry> unpack(std::string_view packed);

// Those of config/providers, in the order of the names; in the file that pack_catalog.cc writes.
std::span<const std::string_view> built_in_entries();

} // namespace circuit::config
