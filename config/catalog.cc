#include "config/catalog.h"

#include <algorithm>

#include "config/catalog_sections.h"
#include "config/embedded.h"

namespace circuit::config {
namespace {

constexpr std::string_view kFolder = "providers/";

void read_selection(const Section& file, circuit::feeds::v1::Provider& description) {
  file.at("selection");
  for (const auto& item : file.list("selection")) {
    const Section field(item, "a selection field", {"name", "description", "required"});
    auto* described = description.add_selection_fields();
    described->set_name(field.text("name"));
    described->set_description(field.text("description"));
    described->set_required(field.flag("required", false));
  }
}

void read_what_it_is(const Section& file, CatalogEntry& entry) {
  auto& description = entry.description;
  description.set_name(file.text("name"));
  description.set_display_name(file.text("display_name"));
  description.set_pulled_later(file.choice("pulled", {"now", "later"}) == "later");
  description.set_reads(file.text("reads"));
  description.set_writes(file.text("writes"));
  description.set_notes(file.text("notes", ""));
  description.set_data_residency(file.text("data_residency", ""));
  entry.profile.provider = description.name();
  entry.profile.display_name = description.display_name();
}

CatalogEntry read_entry(const YAML::Node& root) {
  const Section file(root, "the file",
                     {"name", "display_name", "pulled", "reads", "writes", "notes", "data_residency",
                      "variants", "variables", "base_url", "egress_hosts", "credential_hosts", "methods",
                      "approval", "review_places", "limits", "poll_interval", "selection"});
  CatalogEntry entry;
  read_what_it_is(file, entry);
  read_network(file, entry);
  entry.profile.methods = read_methods(file);
  if (file.has("approval")) entry.profile.approval = read_approval(file.at("approval"));
  entry.profile.review_places = read_review_places(file);
  using std::chrono::hours;
  using std::chrono::seconds;
  entry.poll_interval = file.duration("poll_interval", seconds(1), hours(24 * 31));
  read_selection(file, entry.description);
  check_entry(file, entry);
  describe(entry.profile, entry.description);
  spread_common_scopes(entry.profile.methods);
  return entry;
}

Error defect(const std::string& problem) {
  return make_error(ErrorClass::kInvalid, "CATALOG_INVALID", problem,
                    "Report it: this program was built wrong.");
}

} // namespace

Result<CatalogEntry> parse_catalog_entry(std::string_view yaml, const std::string& origin) {
  CatalogEntry entry;
  const auto read = [&](const YAML::Node& root) { entry = read_entry(root); };
  auto done =
      read_yaml(yaml, origin, "CATALOG_INVALID", "config/providers/github.yaml shows the form.", read);
  if (!done) return std::move(done).error();
  return entry;
}

Result<std::vector<CatalogEntry>> load_catalog(std::span<const std::string_view> implemented) {
  std::vector<CatalogEntry> entries;
  for (const auto& file : embedded_files()) {
    if (!file.path.starts_with(kFolder)) continue;
    auto entry = parse_catalog_entry(file.text, std::string(file.path));
    if (!entry) return std::move(entry).error();
    const std::string& name = entry->description.name();
    if (file.path != std::string(kFolder) + name + ".yaml")
      return defect(std::string(file.path) + " is about " + name);
    entry->description.set_available(std::ranges::find(implemented, name) != implemented.end());
    entries.push_back(*std::move(entry));
  }
  std::ranges::sort(entries, {}, [](const CatalogEntry& entry) { return entry.description.name(); });
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
