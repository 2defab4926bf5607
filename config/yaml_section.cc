#include "config/yaml_section.h"

#include <algorithm>
#include <set>

#include "config/setting_kinds.h"
#include "config/suggest.h"

namespace circuit::config {
namespace {

template <class T>
T value_or_refuse(const YAML::Node& where, const std::string& key, Result<T> value) {
  if (!value) refuse(where, key + ": " + value.error().to_string());
  return *std::move(value);
}

std::string scalar_or_empty(const YAML::Node& node) { return node.IsScalar() ? node.Scalar() : ""; }

Error malformed_file(const std::string& origin, const YAML::Mark& mark, const std::string& reason,
                     const std::string& problem, const std::string& next_step) {
  const std::string where =
      mark.is_null() ? "" : ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
  return make_error(ErrorClass::kInvalid, reason, origin + where + ": " + problem, next_step)
      .with("file", origin);
}

} // namespace

void refuse(const YAML::Node& where, std::string problem) {
  throw Malformed{where.Mark(), std::move(problem)};
}

std::string read_scalar(const YAML::Node& node, const std::string& what) {
  if (!node.IsScalar() || node.Scalar().empty()) refuse(node, what + " must be text");
  return value_or_refuse(node, what, read_text(node.Scalar()));
}

Section::Section(YAML::Node node, std::string name, std::vector<std::string> allowed)
    : node_(node), name_(std::move(name)) {
  if (!node_.IsMap()) refuse(node_, name_ + " must be a map");
  std::set<std::string> seen;
  for (const auto& entry : node_) {
    if (!entry.first.IsScalar()) refuse(entry.first, "a key must be plain text");
    const std::string& key = entry.first.Scalar();
    // "client_secret:abc" is one key to YAML.
    const std::string shown = key.substr(0, std::min<size_t>(key.find(':'), 100));
    if (std::ranges::find(allowed, key) == allowed.end())
      refuse(entry.first, "unknown key " + shown + "." + did_you_mean(shown, allowed));
    if (!seen.insert(key).second) refuse(entry.first, key + " is given twice");
  }
}

bool Section::has(const std::string& key) const { return static_cast<bool>(node_[key]); }

YAML::Node Section::at(const std::string& key) const {
  const YAML::Node child = node_[key];
  if (!child) refuse(node_, name_ + " lacks " + key);
  return child;
}

std::string Section::text(const std::string& key) const { return read_scalar(at(key), key); }
std::string Section::text(const std::string& key, const std::string& otherwise) const {
  return has(key) ? text(key) : otherwise;
}

uint64_t Section::count(const std::string& key, uint64_t min, uint64_t max) const {
  const YAML::Node child = at(key);
  return value_or_refuse(child, key, read_count(scalar_or_empty(child), min, max));
}

Duration Section::duration(const std::string& key, Duration min, Duration max) const {
  const YAML::Node child = at(key);
  return value_or_refuse(child, key, read_duration(scalar_or_empty(child), min, max));
}

std::string Section::choice(const std::string& key, const std::vector<std::string>& choices) const {
  const YAML::Node child = at(key);
  return value_or_refuse(child, key, read_choice(scalar_or_empty(child), choices));
}
std::string Section::choice(const std::string& key, const std::vector<std::string>& choices,
                            const std::string& otherwise) const {
  return has(key) ? choice(key, choices) : otherwise;
}

bool Section::flag(const std::string& key, bool otherwise) const {
  if (!has(key)) return otherwise;
  const YAML::Node child = at(key);
  return value_or_refuse(child, key, read_switch(scalar_or_empty(child)));
}

std::vector<std::string> Section::texts(const std::string& key) const {
  std::vector<std::string> values;
  for (const auto& node : list(key)) values.push_back(read_scalar(node, key));
  return values;
}

std::map<std::string, std::string> Section::text_map(const std::string& key) const {
  std::map<std::string, std::string> values;
  if (!has(key)) return values;
  const YAML::Node child = at(key);
  if (!child.IsMap()) refuse(child, key + " must be a map");
  for (const auto& entry : child) {
    const std::string name = read_scalar(entry.first, "a key of " + key);
    if (!values.emplace(name, read_scalar(entry.second, name)).second)
      refuse(entry.first, name + " is given twice");
  }
  return values;
}

std::vector<YAML::Node> Section::list(const std::string& key) const {
  if (!has(key)) return {};
  const YAML::Node child = at(key);
  if (!child.IsSequence()) refuse(child, key + " must be a list");
  return {child.begin(), child.end()};
}

Result<void> read_yaml(std::string_view yaml, const std::string& origin, const std::string& reason,
                       const std::string& next_step, const std::function<void(const YAML::Node&)>& read) {
  try {
    read(YAML::Load(std::string(yaml)));
    return {};
  } catch (const Malformed& problem) {
    return malformed_file(origin, problem.mark, reason, problem.problem, next_step);
  } catch (const YAML::Exception& problem) { // the library's only way to report
    return malformed_file(origin, problem.mark, reason, "this is not YAML: " + problem.msg, next_step);
  }
}

} // namespace circuit::config
