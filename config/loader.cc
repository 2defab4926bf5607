#include "config/loader.h"

#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <cerrno>
#include <fstream>
#include <set>
#include <sstream>
#include <system_error>
#include <vector>

#include "config/suggest.h"

namespace circuit::config {
namespace {

constexpr std::string_view kPrefix = "CIRCUIT_FEEDS_";
constexpr size_t kLargestFile = 1 << 20;
constexpr size_t kProblemsShown = 20;

std::string position(const std::string& origin, const YAML::Mark& mark) {
  if (mark.is_null()) return origin;
  return origin + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
}

std::vector<std::string> setting_keys() {
  std::vector<std::string> keys;
  for (const auto& setting : settings()) keys.push_back(setting.key);
  return keys;
}

// Reads one document into a configuration and collects what is wrong with it.
class Reader {
 public:
  Reader(WorkerConfig& config, const std::string& origin) : config_(config), origin_(origin) {}

  void read(const YAML::Node& root) {
    if (root.IsNull()) return; // a file of comments
    if (!root.IsMap()) return note(root, "the file must be a map of sections: " + joined_sections());
    for (const auto& entry : root) read_section(entry.first, entry.second);
  }

  Result<void> outcome() const {
    if (problems_.empty()) return {};
    std::string message;
    for (size_t i = 0; i < problems_.size() && i < kProblemsShown; ++i) {
      message += (i == 0 ? "" : "\n") + problems_[i];
    }
    if (problems_.size() > kProblemsShown) {
      message += "\nand " + std::to_string(problems_.size() - kProblemsShown) + " more";
    }
    return make_error(ErrorClass::kInvalid, "CONFIG_INVALID", message,
                      "Every key and its default is in docs/configuration.md.")
        .with("file", origin_)
        .with("problems", std::to_string(problems_.size()));
  }

 private:
  void read_section(const YAML::Node& key, const YAML::Node& section) {
    const auto sections = section_names();
    if (!key.IsScalar()) return note(key, "a section's name must be plain text");
    const std::string& name = key.Scalar();
    if (std::find(sections.begin(), sections.end(), name) == sections.end()) {
      return note(key, "unknown section " + name + "." + did_you_mean(name, sections));
    }
    if (!seen_.insert(name).second) return note(key, name + " is given twice");
    if (section.IsNull()) return; // all of its keys are commented out
    if (!section.IsMap()) return note(section, name + " must be a map of settings");
    for (const auto& entry : section) read_setting(name, entry.first, entry.second);
  }

  void read_setting(const std::string& section, const YAML::Node& key, const YAML::Node& value) {
    if (!key.IsScalar()) return note(key, "a setting's name must be plain text");
    const std::string name = section + "." + key.Scalar();
    const Setting* setting = find_setting(name);
    if (setting == nullptr)
      return note(key, "unknown setting " + name + "." + did_you_mean(name, setting_keys()));
    if (!seen_.insert(name).second) return note(key, name + " is given twice");
    if (!value.IsScalar()) return note(value, name + " must be a single value: " + setting->allowed);
    if (const auto set = setting->set(config_, value.Scalar()); !set) {
      note(value, name + ": " + set.error().to_string());
    }
  }

  void note(const YAML::Node& where, const std::string& problem) {
    problems_.push_back(position(origin_, where.Mark()) + ": " + problem);
  }

  static std::string joined_sections() {
    std::string joined;
    for (const auto& name : section_names()) joined += (joined.empty() ? "" : ", ") + name;
    return joined;
  }

  WorkerConfig& config_;
  const std::string& origin_;
  std::set<std::string> seen_;
  std::vector<std::string> problems_;
};

Error unreadable(const std::string& path, const std::string& why) {
  return make_error(ErrorClass::kInvalid, "CONFIG_UNREADABLE",
                    "cannot read the configuration file " + path + ": " + why,
                    "Give the path of a readable file to --config.")
      .with("file", path);
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return unreadable(path, std::generic_category().message(errno));
  std::string text(kLargestFile + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (file.fail() && !file.eof()))
    return unreadable(path, std::generic_category().message(errno));
  text.resize(static_cast<size_t>(file.gcount()));
  if (text.size() > kLargestFile) return unreadable(path, "it is larger than 1 MiB");
  return text;
}

} // namespace

Environment environment() {
  Environment found;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos || !text.starts_with(kPrefix)) continue;
    found.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return found;
}

Result<void> apply_yaml(WorkerConfig& config, std::string_view yaml, const std::string& origin) {
  WorkerConfig changed = config;
  Reader reader(changed, origin);
  try {
    reader.read(YAML::Load(std::string(yaml)));
  } catch (const YAML::Exception& problem) { // the library's only way to report
    return make_error(ErrorClass::kInvalid, "CONFIG_MALFORMED",
                      position(origin, problem.mark) + ": this is not YAML: " + problem.msg,
                      "config/default.yaml shows the form.")
        .with("file", origin);
  }
  if (auto outcome = reader.outcome(); !outcome) return outcome;
  config = std::move(changed);
  return {};
}

Result<void> apply_environment(WorkerConfig& config, const Environment& variables) {
  WorkerConfig changed = config;
  std::map<std::string, const Setting*> known;
  std::vector<std::string> names;
  for (const auto& setting : settings()) {
    names.push_back(setting.environment_name());
    known.emplace(names.back(), &setting);
  }
  for (const auto& [name, value] : variables) {
    const auto found = known.find(name);
    if (found == known.end()) {
      for (const auto& candidate : names) {
        if (edit_distance(name, candidate) > 2) continue;
        return make_error(ErrorClass::kInvalid, "ENVIRONMENT_INVALID",
                          "the environment variable " + name + " names no setting",
                          "Did you mean " + candidate + "?");
      }
      continue;
    }
    if (auto set = found->second->set(changed, value); !set) {
      Error error = set.error();
      error.reason = "ENVIRONMENT_INVALID";
      error.message = "environment variable " + name + ": " + error.message;
      return error;
    }
  }
  config = std::move(changed);
  return {};
}

Result<WorkerConfig> load(const std::string& path, const Environment& variables) {
  WorkerConfig config;
  if (!path.empty()) {
    auto text = read_file(path);
    if (!text) return std::move(text).error();
    if (auto applied = apply_yaml(config, *text, path); !applied) return std::move(applied).error();
  }
  if (auto applied = apply_environment(config, variables); !applied) return std::move(applied).error();
  if (auto checked = check_consistency(config); !checked) return std::move(checked).error();
  return config;
}

} // namespace circuit::config
