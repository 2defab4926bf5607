// The first byte chooses: a configuration file, a catalog file, environment variables (one NAME=VALUE a
// line), or a quantity.

#include "config/catalog_file.h"
#include "config/loader.h"
#include "config/suggest.h"
#include "config/units.h"
#include "tests/fuzz/target.h"

namespace circuit::fuzz {
namespace {

std::string shown(const config::WorkerConfig& config) {
  std::string out;
  for (const auto& setting : config::settings()) out += setting.key + "=" + setting.get(config) + "\n";
  return out;
}

void check_refusal(const Error& error) {
  require_clear(error);
  require(error.cls == ErrorClass::kInvalid, "a wrong setting is INVALID", error.reason);
}

// Every setting as it is shown is one that can be written.
void check_printed(const config::WorkerConfig& config) {
  config::WorkerConfig again;
  for (const auto& setting : config::settings()) {
    const std::string value = setting.get(config);
    const auto set = setting.set(again, value);
    require(set.ok(), "a setting that is shown can be written", setting.key + "=" + value);
  }
  require(shown(again) == shown(config), "and means the same", shown(config));
}

void check_file(std::string_view yaml) {
  config::WorkerConfig config;
  const std::string before = shown(config);
  const auto applied = config::apply_yaml(config, yaml, "fuzz.yaml");
  if (applied) return check_printed(config);
  check_refusal(applied.error());
  require(applied.error().message.find("fuzz.yaml") != std::string::npos, "an error names the file",
          applied.error().message);
  require(shown(config) == before, "nothing is taken from a file that has an error", yaml);
}

void check_catalog(std::string_view yaml) {
  const auto entry = config::parse_catalog_entry(yaml, "fuzz.yaml");
  if (!entry) return check_refusal(entry.error());
  require(!entry->description.name().empty(), "a provider has a name", yaml);
  require(entry->description.egress_hosts_size() > 0, "a provider has hosts", yaml);
  require(entry->poll_interval > Duration::zero(), "a provider is polled at an interval", yaml);
}

void check_environment(std::string_view lines) {
  Input in(lines);
  config::Environment variables;
  while (!in.at_end()) {
    const std::string_view line = in.line();
    const size_t equals = line.find('=');
    if (equals != std::string_view::npos) variables.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  config::WorkerConfig config;
  const std::string before = shown(config);
  const auto applied = config::apply_environment(config, variables);
  if (applied) return check_printed(config);
  check_refusal(applied.error());
  require(shown(config) == before, "nothing is taken from an environment that has an error", lines);
}

void check_quantity(std::string_view text) {
  if (const auto duration = config::parse_duration(text)) {
    const auto again = config::parse_duration(config::format_duration(*duration));
    require(again && *again == *duration, "a duration is written as it is read", text);
  } else {
    check_refusal(duration.error());
  }
  if (const auto bytes = config::parse_bytes(text)) {
    const auto again = config::parse_bytes(config::format_bytes(*bytes));
    require(again && *again == *bytes, "a size is written as it is read", text);
  } else {
    check_refusal(bytes.error());
  }
  if (text.size() > 200) return;
  Input in(text);
  const std::string_view a = in.line(), b = in.rest();
  require(config::edit_distance(a, b) == config::edit_distance(b, a), "a distance is the same both ways",
          text);
  require((config::edit_distance(a, b) == 0) == (a == b), "only the same is at no distance", text);
}

} // namespace

void check_input(std::string_view input) {
  Input in(input);
  switch (in.byte() % 4) {
    case 0:
      return check_file(in.rest());
    case 1:
      return check_catalog(in.rest());
    case 2:
      return check_environment(in.rest());
    default:
      return check_quantity(in.rest());
  }
}

} // namespace circuit::fuzz
