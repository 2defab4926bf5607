#include "config/catalog.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

#include "config/embedded.h"
#include "config/setting_kinds.h"
#include "config/suggest.h"

namespace circuit::config {
namespace {

struct Malformed {
  YAML::Mark mark;
  std::string problem;
};

[[noreturn]] void refuse(const YAML::Node& where, std::string problem) {
  throw Malformed{where.Mark(), std::move(problem)};
}

template <class T>
T value_or_refuse(const YAML::Node& where, const std::string& key, Result<T> value) {
  if (!value) refuse(where, key + ": " + value.error().to_string());
  return *std::move(value);
}

// One map of the file: knows which keys there may be, and says where something is wrong.
class Section {
 public:
  Section(YAML::Node node, std::string name, std::vector<std::string> allowed)
      : node_(node), name_(std::move(name)) {
    if (!node_.IsMap()) refuse(node_, name_ + " must be a map");
    std::set<std::string> seen;
    for (const auto& entry : node_) {
      if (!entry.first.IsScalar()) refuse(entry.first, "a key must be plain text");
      const std::string& key = entry.first.Scalar();
      if (std::ranges::find(allowed, key) == allowed.end()) {
        refuse(entry.first, "unknown key " + key + "." + did_you_mean(key, allowed));
      }
      if (!seen.insert(key).second) refuse(entry.first, key + " is given twice");
    }
  }

  YAML::Node at(const std::string& key) const {
    const YAML::Node child = node_[key];
    if (!child) refuse(node_, name_ + " lacks " + key);
    return child;
  }
  bool has(const std::string& key) const { return static_cast<bool>(node_[key]); }

  std::string text(const std::string& key) const {
    const YAML::Node child = at(key);
    if (!child.IsScalar() || child.Scalar().empty()) refuse(child, key + " must be text");
    return value_or_refuse(child, key, read_text(child.Scalar()));
  }
  uint64_t count(const std::string& key, uint64_t min, uint64_t max) const {
    const YAML::Node child = at(key);
    return value_or_refuse(child, key, read_count(child.IsScalar() ? child.Scalar() : "", min, max));
  }
  Duration duration(const std::string& key, Duration min, Duration max) const {
    const YAML::Node child = at(key);
    return value_or_refuse(child, key, read_duration(child.IsScalar() ? child.Scalar() : "", min, max));
  }
  std::string choice(const std::string& key, const std::vector<std::string>& choices) const {
    const YAML::Node child = at(key);
    return value_or_refuse(child, key, read_choice(child.IsScalar() ? child.Scalar() : "", choices));
  }

 private:
  YAML::Node node_;
  std::string name_;
};

void read_selection(const YAML::Node& node, circuit::feeds::v1::Provider& description) {
  if (!node.IsSequence()) refuse(node, "selection must be a list");
  for (const auto& item : node) {
    const Section field(item, "a selection field", {"name", "description", "required"});
    auto* described = description.add_selection_fields();
    described->set_name(field.text("name"));
    described->set_description(field.text("description"));
    if (field.has("required")) {
      described->set_required(
          value_or_refuse(field.at("required"), "required", read_switch(field.text("required"))));
    }
  }
}

CatalogEntry read_entry(const YAML::Node& root) {
  const Section file(root, "the file",
                     {"name", "display_name", "reads", "writes", "authorization", "egress_hosts", "limits",
                      "poll_interval", "selection"});
  CatalogEntry entry;
  auto& description = entry.description;
  description.set_name(file.text("name"));
  description.set_display_name(file.text("display_name"));
  description.set_reads(file.text("reads"));
  description.set_writes(file.text("writes"));
  const Section authorization(file.at("authorization"), "authorization", {"method"});
  description.set_authorization(authorization.choice("method", {"none", "oauth2", "token", "shared-key"}));
  const YAML::Node hosts = file.at("egress_hosts");
  if (!hosts.IsSequence() || hosts.size() == 0) refuse(hosts, "egress_hosts must be a list of hosts");
  for (const auto& host : hosts) description.add_egress_hosts(host.Scalar());
  const Section limits(file.at("limits"), "limits", {"requests_per_second", "burst", "concurrent_requests"});
  entry.limits.requests_per_second = static_cast<double>(limits.count("requests_per_second", 1, 10'000));
  entry.limits.burst = limits.count("burst", 1, 10'000);
  entry.limits.concurrent_requests = limits.count("concurrent_requests", 1, 1'000);
  using std::chrono::hours;
  using std::chrono::seconds;
  entry.poll_interval = file.duration("poll_interval", seconds(1), hours(24 * 31));
  read_selection(file.at("selection"), description);
  return entry;
}

Error invalid(const std::string& origin, const YAML::Mark& mark, const std::string& problem) {
  const std::string where =
      mark.is_null() ? "" : ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
  return make_error(ErrorClass::kInvalid, "CATALOG_INVALID", origin + where + ": " + problem,
                    "config/providers/rss.yaml shows the form.");
}

} // namespace

Result<CatalogEntry> parse_catalog_entry(std::string_view yaml, const std::string& origin) {
  try {
    return read_entry(YAML::Load(std::string(yaml)));
  } catch (const Malformed& problem) {
    return invalid(origin, problem.mark, problem.problem);
  } catch (const YAML::Exception& problem) {
    return invalid(origin, problem.mark, "this is not YAML: " + problem.msg);
  }
}

Result<std::vector<CatalogEntry>> load_catalog() {
  std::vector<CatalogEntry> entries;
  for (const auto& file : embedded_files()) {
    if (!file.path.starts_with("providers/")) continue;
    auto entry = parse_catalog_entry(file.text, std::string(file.path));
    if (!entry) return std::move(entry).error();
    // What is in the catalog is what this program can do; the composition root refuses one without an
    // implementation.
    entry->description.set_available(true);
    entries.push_back(*std::move(entry));
  }
  return entries;
}

} // namespace circuit::config
