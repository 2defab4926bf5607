#pragma once
// Reading YAML strictly: a map that knows which keys it may have, and says where something is wrong. Private
// to the readers of files in this box; inside them problems travel as exceptions (read_yaml() turns them into
// errors).

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/runtime/clock.h"
#include "ingest/runtime/result.h"

namespace circuit::config {

struct Malformed {
  YAML::Mark mark;
  std::string problem;
};

[[noreturn]] void refuse(const YAML::Node& where, std::string problem);

class Section {
 public:
  // Refuses what is no map, and unknown and repeated keys. `name` is how problems call it: "an application".
  Section(YAML::Node node, std::string name, std::vector<std::string> allowed);

  bool has(const std::string& key) const;
  YAML::Node at(const std::string& key) const; // refuses where there is none
  const YAML::Node& node() const { return node_; }

  // Values that must be there; those with an alternative need not.
  std::string text(const std::string& key) const;
  std::string text(const std::string& key, const std::string& otherwise) const;
  uint64_t count(const std::string& key, uint64_t min, uint64_t max) const;
  Duration duration(const std::string& key, Duration min, Duration max) const;
  std::string choice(const std::string& key, const std::vector<std::string>& choices) const;
  std::string choice(const std::string& key, const std::vector<std::string>& choices,
                     const std::string& otherwise) const;
  bool flag(const std::string& key, bool otherwise) const;
  // Empty where the key is absent.
  std::vector<std::string> texts(const std::string& key) const;
  std::map<std::string, std::string> text_map(const std::string& key) const;
  std::vector<YAML::Node> list(const std::string& key) const;

 private:
  YAML::Node node_;
  std::string name_;
};

// A scalar as one line of text; refuses all else, and what is empty.
std::string read_scalar(const YAML::Node& node, const std::string& what);

// Parses and hands the document to `read`. INVALID `reason`: the message begins with "origin:line:column: ".
Result<void> read_yaml(std::string_view yaml, const std::string& origin, const std::string& reason,
                       const std::string& next_step, const std::function<void(const YAML::Node&)>& read);

} // namespace circuit::config
