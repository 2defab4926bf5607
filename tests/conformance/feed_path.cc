#include "tests/conformance/feed_path.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <vector>

namespace circuit::conformance {
namespace {

namespace json = boost::json;

struct Alias {
  std::string_view name;
  std::array<std::string_view, 2> stands_for;
};

constexpr auto kAliases = std::to_array<Alias>({
    {"guid", {"id", ""}},
    {"description", {"summary", "subtitle"}},
    {"tagline", {"subtitle", ""}},
    {"copyright", {"rights", ""}},
    {"url", {"href", ""}},
    {"issued", {"published", ""}},
    {"modified", {"updated", ""}},
    {"date", {"updated", "published"}},
    {"updated", {"published", ""}},
});

constexpr auto kSuffixes = std::to_array<std::string_view>({"_detail", "_parsed"});

// The name itself, then what it may stand for; suffixes stay.
std::vector<std::string> names_of(std::string_view name) {
  std::vector<std::string> names{std::string(name)};
  std::string_view stem = name, suffix;
  for (const std::string_view candidate : kSuffixes) {
    if (!name.ends_with(candidate)) continue;
    suffix = candidate;
    stem = name.substr(0, name.size() - candidate.size());
  }
  for (const Alias& alias : kAliases) {
    if (alias.name != stem) continue;
    for (const std::string_view other : alias.stands_for) {
      if (!other.empty()) names.push_back(std::string(other).append(suffix));
    }
  }
  return names;
}

void step_to_field(PathResult& at, std::string_view name) {
  const json::object* object = at.value->if_object();
  at.parent = at.value;
  at.value = nullptr;
  if (object == nullptr) return;
  for (const std::string& candidate : names_of(name)) {
    at.name = candidate;
    at.value = object->if_contains(candidate);
    if (at.value != nullptr) return;
  }
  if (name == "category") { // the first tag's term
    const json::value* tags = object->if_contains("tags");
    if (tags != nullptr && !tags->as_array().empty())
      at.value = tags->as_array().front().as_object().if_contains("term");
  }
}

void step_to_index(PathResult& at, size_t index) {
  const json::array* array = at.value->if_array();
  at.value = array != nullptr && index < array->size() ? &(*array)[index] : nullptr;
}

} // namespace

PathResult find_path(const json::value& root, std::string_view path) {
  PathResult at{&root, {}, nullptr};
  while (!path.empty() && at.value != nullptr) {
    if (path.front() == '.') path.remove_prefix(1);
    if (path.front() == '[') {
      const size_t close = std::min(path.find(']'), path.size() - 1);
      size_t index = 0;
      std::from_chars(path.data() + 1, path.data() + close, index);
      step_to_index(at, index);
      path.remove_prefix(close + 1);
    } else {
      const size_t end = std::min(path.find_first_of(".["), path.size());
      step_to_field(at, path.substr(0, end));
      path.remove_prefix(end);
    }
  }
  return at;
}

} // namespace circuit::conformance
