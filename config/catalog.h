#pragma once
// The provider catalog: one YAML file per provider in config/providers, read, checked and built into the
// program. Everything that the program says about a provider is made from it. Pure; any thread.

#include <span>
#include <string_view>
#include <vector>

#include "config/catalog_entry.h"
#include "ingest/runtime/result.h"

namespace circuit::config {

// What is built in, in the order of the names; available are the providers that are named as implemented.
// INVALID CATALOG_INVALID is a defect of the build: one that is implemented is not in the catalog, or there
// as pulled later.
Result<std::vector<CatalogEntry>> load_catalog(std::span<const std::string_view> implemented = {});

// Null: there is none.
const CatalogEntry* find_entry(const std::vector<CatalogEntry>& catalog, std::string_view provider);

} // namespace circuit::config
