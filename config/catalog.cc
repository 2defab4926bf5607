#include "config/catalog.h"

#include <algorithm>

#include "config/packed_entry.h"

namespace circuit::config {
namespace {

Error defect(const std::string& problem) {
  return make_error(ErrorClass::kInvalid, "CATALOG_INVALID", problem,
                    "Report it: this program was built wrong.");
}

} // namespace

Result<std::vector<CatalogEntry>> load_catalog(std::span<const std::string_view> implemented) {
  std::vector<CatalogEntry> entries;
  for (const auto packed : built_in_entries()) {
    auto entry = unpack(packed);
    if (!entry) return defect("an entry of the built-in provider catalog is cut short");
    const bool available = std::ranges::find(implemented, entry->description.name()) != implemented.end();
    entry->description.set_available(available);
    entries.push_back(*std::move(entry));
  }
  for (const auto name : implemented) {
    const CatalogEntry* entry = find_entry(entries, name);
    if (entry == nullptr) return defect("the provider " + std::string(name) + " has no catalog file");
    if (entry->description.pulled_later())
      return defect("the catalog file of " + std::string(name) + " says that it is pulled later");
  }
  return entries;
}

const CatalogEntry* find_entry(const std::vector<CatalogEntry>& catalog, std::string_view provider) {
  const auto found =
      std::ranges::find_if(catalog, [&](const auto& entry) { return entry.description.name() == provider; });
  return found == catalog.end() ? nullptr : &*found;
}

} // namespace circuit::config
