// Runs third-party feeds through the parser and compares what it finds with what another library's test suite
// expects. The corpus lies outside of this tree: CONFORMANCE_DIR names its parent folder. Without it there is
// nothing to test.

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "feeds/rss/parse.h"
#include "feeds/rss/raw_json.h"
#include "tests/conformance/feed_path.h"
#include "tests/conformance/html_equivalence.h"
#include "tests/conformance/rss_floor.h"

namespace circuit::conformance {
namespace {

namespace json = boost::json;

constexpr std::string_view kServer = "http://127.0.0.1:8097/"; // where the suite served its files from

// Fields that the raw model leaves out: reported by name, neither passed nor failed.
constexpr auto kOutsideTheModel =
    std::to_array<std::string_view>({"bozo", "namespaces", "headers", "status"});

std::filesystem::path corpus() {
  if (const char* folder = std::getenv("CONFORMANCE_DIR"); folder != nullptr && *folder != '\0') {
    return std::filesystem::path(folder) / "rss";
  }
  return std::filesystem::path(CIRCUIT_DEFAULT_CONFORMANCE_DIR) / "rss";
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream bytes;
  bytes << in.rdbuf();
  return std::move(bytes).str();
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

feeds::rss::ParseOptions options_of(const json::object& test) {
  feeds::rss::ParseOptions options;
  options.url = std::string(kServer) + std::string(test.at("file").as_string());
  const json::value* headers = test.if_contains("http_headers");
  if (headers == nullptr || !headers->is_object()) return options;
  for (const auto& [name, value] : headers->get_object()) {
    const std::string header = lower(name);
    if (header == "content-type") options.content_type = value.as_string();
    if (header == "content-language") options.content_language = value.as_string();
    if (header == "content-location") options.content_location = value.as_string();
  }
  return options;
}

std::string_view string_or_empty(const json::value* value) {
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view{};
}

// Whether the feed says that what was found is HTML: the field's own type, or that of its detail, or of the
// content that stands in for a summary.
bool is_html_field(const PathResult& found) {
  if (found.parent == nullptr || !found.parent->is_object()) return false;
  const json::object& parent = found.parent->get_object();
  std::string_view type;
  if (found.name == "value") {
    type = string_or_empty(parent.if_contains("type"));
  } else if (const json::value* detail = parent.if_contains(found.name + "_detail")) {
    type = string_or_empty(detail->as_object().if_contains("type"));
  } else if (found.name == "summary" && parent.contains("content")) {
    type = string_or_empty(parent.at("content").as_array().front().as_object().if_contains("type"));
  }
  return type == feeds::rss::kHtmlType || type == feeds::rss::kXhtmlType;
}

bool equal(const PathResult& found, const json::value& expected, std::string_view path) {
  if (found.value == nullptr) return expected.is_null();
  if (*found.value == expected) return true;
  if (!found.value->is_string() || !expected.is_string())
    return json::serialize(*found.value) == json::serialize(expected);
  const std::string_view ours = found.value->get_string(), theirs = expected.get_string();
  if (path == "encoding") return lower(ours) == lower(theirs);
  return is_html_field(found) && same_html(ours, theirs);
}

struct Outcome {
  bool passed = true;
  std::string why; // of the first expectation that failed
};

Outcome run_case(const json::object& test, const std::string& body) {
  Result<feeds::rss::RawFeed> parsed = feeds::rss::parse_feed(body, options_of(test));
  json::value root = json::object();
  std::string failure;
  if (parsed) {
    root = json::parse(feeds::rss::raw_to_json(*parsed));
  } else {
    failure = " (" + parsed.error().to_string() + ")";
  }
  for (const json::value& item : test.at("expect").as_array()) {
    const json::object& expect = item.as_object();
    const std::string path(expect.at("path").as_string());
    const PathResult found = find_path(root, path);
    const bool wanted = expect.at("op").as_string() != "ne";
    if (equal(found, expect.at("value"), path) == wanted) continue;
    return {false, path + ": expected " + (wanted ? "" : "not ") + json::serialize(expect.at("value")) +
                       ", found " + (found.value == nullptr ? "nothing" : json::serialize(*found.value)) +
                       failure};
  }
  return {};
}

struct Tally {
  int passed = 0, total = 0;
  double percent() const { return total == 0 ? 100.0 : 100.0 * passed / total; }
};

double floor_of(std::string_view category) {
  for (const Floor& floor : kFloors) {
    if (floor.category == category) return floor.percent;
  }
  return 100;
}

bool is_outside_the_model(const json::object& test) {
  for (const json::value& item : test.at("expect").as_array()) {
    const std::string_view path = item.as_object().at("path").as_string();
    for (const std::string_view field : kOutsideTheModel) {
      if (path.starts_with(field)) return true;
    }
  }
  return false;
}

TEST(RssConformance, PassesAtLeastTheRecordedShareOfEachCategory) {
  const std::filesystem::path folder = corpus();
  if (!std::filesystem::exists(folder / "cases.jsonl")) {
    GTEST_SKIP() << "NO CONFORMANCE CORPUS at " << folder << ": set CONFORMANCE_DIR. Nothing was tested.";
  }
  std::map<std::string, Tally> tallies;
  Tally all;
  std::ifstream cases(folder / "cases.jsonl");
  for (std::string line; std::getline(cases, line);) {
    const json::value parsed = json::parse(line);
    const json::object& test = parsed.as_object();
    const std::string name(test.at("file").as_string());
    if (is_outside_the_model(test)) {
      std::cout << "outside the model: " << name << "\n";
      continue;
    }
    const Outcome outcome = run_case(test, read_file(folder / "files" / name));
    Tally& tally = tallies[std::string(test.at("category").as_string())];
    for (Tally* counted : {&tally, &all}) {
      ++counted->total;
      counted->passed += outcome.passed ? 1 : 0;
    }
    if (!outcome.passed) std::cout << "failed: " << name << ": " << outcome.why << "\n";
  }
  ASSERT_GT(all.total, 0) << "an empty corpus proves nothing";
  for (const auto& [category, tally] : tallies) {
    std::cout << category << ": " << tally.passed << " of " << tally.total << " (" << tally.percent()
              << " %)\n";
    EXPECT_GE(tally.percent(), floor_of(category)) << category;
  }
  std::cout << "overall: " << all.passed << " of " << all.total << " (" << all.percent() << " %)\n";
  EXPECT_GE(all.percent(), kFloorOverall);
}

} // namespace
} // namespace circuit::conformance
