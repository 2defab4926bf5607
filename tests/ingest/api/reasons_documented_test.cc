// docs/errors.md lists the reasons that the program uses, and no others.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>

namespace circuit::api {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = CIRCUIT_SOURCE_DIR;

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  EXPECT_TRUE(in) << file;
  return {std::istreambuf_iterator<char>(in), {}};
}

std::set<std::string> matches(const std::string& text, const char* pattern) {
  const std::regex expression(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), expression), end; it != end; ++it)
    found.insert((*it)[1]);
  return found;
}

// Words in capitals and underscores that are no reasons: removal reasons, kinds of invalid certificates,
// remarks about repaired feeds, variables of the environment.
const std::set<std::string> kOtherWords = {
    "NOT_LISTED",
    "FEED_GONE",
    "NOT_YET_VALID",
    "UNKNOWN_ISSUER",
    "WRONG_HOST",
    "NOT_VALID",
    "RSS_NOT_WELL_FORMED",
    "RSS_WRONG_ENCODING",
    "RSS_INVALID_CHARACTERS",
    "NO_COLOR",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "GRPC_VERBOSITY",
    "CIRCUIT_CRASH_POINT",
    "CIRCUIT_FEEDS_CORE_DUMPS",
    "CIRCUIT_FEEDS_MASTER_KEY",
    "CIRCUIT_FEEDS_MASTER_KEY_FILE",
    "CIRCUIT_FEEDS_SERVER",
    "WAYLAND_DISPLAY",
    "XDG_STATE_HOME",
    "ADMIN_APPROVAL",
    "NOT_FOUND",
};

// The reason and a file that uses it.
std::map<std::string, std::string> used_reasons() {
  std::map<std::string, std::string> reasons;
  for (const char* folder : {"ingest", "feeds", "sinks", "config"}) {
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
      if (entry.path().extension() != ".cc") continue;
      const std::string text = content(entry.path());
      std::set<std::string> words = matches(text, R"re("([A-Z]+(?:_[A-Z0-9]+)+)")re");
      words.merge(matches(text, R"re(make_error\(\s*ErrorClass::k\w+,\s*"([A-Z0-9_]+)")re"));
      for (const auto& word : words) {
        if (!kOtherWords.contains(word)) reasons.emplace(word, entry.path().lexically_relative(kRoot));
      }
    }
  }
  return reasons;
}

std::set<std::string> documented_reasons() {
  const std::string page = content(kRoot / "docs/errors.md");
  return matches(page.substr(page.find("## Reasons")), R"re(\n\| `([A-Z0-9_]+)` \|)re");
}

TEST(Reasons, AreAllDocumented) {
  const auto documented = documented_reasons();
  for (const auto& [reason, file] : used_reasons()) {
    EXPECT_TRUE(documented.contains(reason)) << reason << " of " << file << " is not in docs/errors.md";
  }
}

TEST(Reasons, ThatAreDocumentedExist) {
  const auto used = used_reasons();
  for (const auto& reason : documented_reasons()) {
    EXPECT_TRUE(used.contains(reason)) << reason << " of docs/errors.md is used nowhere";
  }
}

TEST(Reasons, FitTheBoundOfErrorInfo) {
  for (const auto& [reason, file] : used_reasons()) EXPECT_LE(reason.size(), 63u) << file;
}

} // namespace
} // namespace circuit::api
