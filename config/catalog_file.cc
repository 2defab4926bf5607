#include "config/catalog_file.h"

#include "config/catalog_sections.h"

namespace circuit::config {
namespace {

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

} // namespace

Result<CatalogEntry> parse_catalog_entry(std::string_view yaml, const std::string& origin) {
  CatalogEntry entry;
  const auto read = [&](const YAML::Node& root) { entry = read_entry(root); };
  auto done =
      read_yaml(yaml, origin, "CATALOG_INVALID", "config/providers/github.yaml shows the form.", read);
  if (!done) return std::move(done).error();
  return entry;
}

} // namespace circuit::config
