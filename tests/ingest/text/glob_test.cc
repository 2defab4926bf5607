#include "ingest/text/glob.h"

#include <gtest/gtest.h>

#include <chrono>

namespace circuit::text {
namespace {

struct GlobCase {
  const char* glob;
  const char* path;
  bool matches;
};

constexpr GlobCase kCases[] = {
    {"a", "a", true},
    {"a", "b", false},
    {"a", "ab", false},
    {"a", "a/b", false},
    {"*", "a", true},
    {"*", "", true},
    {"*", "a/b", false},
    {"*.md", "readme.md", true},
    {"*.md", ".md", true},
    {"*.md", "docs/readme.md", false},
    {"docs/*.md", "docs/readme.md", true},
    {"docs/*.md", "docs/a/readme.md", false},
    {"a*b*c", "abc", true},
    {"a*b*c", "axxbyyc", true},
    {"a*b*c", "axxbyy", false},
    {"a*b*c", "ax/b/c", false},
    {"**", "", true},
    {"**", "a/b/c", true},
    {"**/b", "b", true},
    {"**/b", "a/b", true},
    {"**/b", "a/a/b", true},
    {"**/b", "ab", false},
    {"**/b", "a/ab", false},
    {"**/*.md", "readme.md", true},
    {"**/*.md", "a/b/readme.md", true},
    {"**/**/b", "b", true},
    {"**/**/b", "x/b", true},
    {"a/**/b", "a/b", true},
    {"a/**/b", "a/x/y/b", true},
    {"a/**/b", "a/xb", false},
    {"a/**/b", "ab", false},
    {"a/**", "a", false},
    {"a/**", "a/b", true},
    {"a/**", "a/b/c", true},
    {"a/**", "ab/c", false},
    {"a/**/**", "a/b", true},
    {"a/**/*", "a/b", true},
    {"a/**/*", "a/b/c", true},
    {"a/**/c/**/e", "a/c/e", true},
    {"a/**/c/**/e", "a/b/c/d/d/e", true},
    {"a/**/c/**/e", "a/b/d/d/e", false},
    {"a**b", "a/x/b", true},
    {"***", "a/b", true},
    {"?", "a", true},
    {"?", "", false},
    {"?", "/", false},
    {"?", "\xC3\xA4", true},
    {"?", "\xF0\x9F\x98\x80", true},
    {"?", "\xC3\xA4x", false},
    {"??", "\xC3\xA4x", true},
    {"x?y", "x\xE2\x82\xACy", true},
    {"\xC3\xA4*", "\xC3\xA4rger", true},
    {"[abc]", "b", true},
    {"[abc]", "d", false},
    {"[a-c]x", "bx", true},
    {"[!a-c]", "d", true},
    {"[!a-c]", "b", false},
    {"[^a]", "b", true},
    {"[!a]", "/", false},
    {"[!a]", "\xC3\xA4", true},
    {"[]a]", "]", true},
    {"[a-]", "-", true},
    {"[.-0]", "/", false},
    {"\\*", "*", true},
    {"\\*", "a", false},
    {"[\\]]", "]", true},
    {"a.b", "axb", false},
    {"A", "a", false},
};

TEST(Glob, MatchesWhatItsPageSays) {
  for (const GlobCase& c : kCases) {
    auto glob = Glob::compile(c.glob);
    ASSERT_TRUE(glob.ok()) << c.glob;
    EXPECT_EQ(glob->matches(c.path), c.matches) << c.glob << " on " << c.path;
  }
}

TEST(Glob, IsRefusedWhereItSaysNothing) {
  for (const char* pattern : {"", "[", "[abc", "[]", "a\\", "[z-a]", "[\xC3\xA4]", "[a\\"}) {
    auto glob = Glob::compile(pattern);
    ASSERT_FALSE(glob.ok()) << pattern;
    EXPECT_EQ(glob.error().reason, "GLOB_MALFORMED");
    EXPECT_EQ(glob.error().cls, ErrorClass::kInvalid);
  }
  EXPECT_TRUE(Glob::compile(std::string(Glob::kMaxBytes, 'a')).ok());
  EXPECT_FALSE(Glob::compile(std::string(Glob::kMaxBytes + 1, 'a')).ok());
}

TEST(Glob, OfAnyLengthIsWhole) {
  for (const size_t length : {62, 63, 64, 65, 127, 128, 129, 500}) {
    const std::string text(length, 'a');
    EXPECT_TRUE(Glob::compile(text)->matches(text)) << length;
    EXPECT_FALSE(Glob::compile(text)->matches(text + "a")) << length;
    EXPECT_TRUE(Glob::compile(text + "/**/b*")->matches(text + "/x/y/bc")) << length;
    EXPECT_TRUE(Glob::compile(text + "/**/b*")->matches(text + "/b")) << length;
    EXPECT_FALSE(Glob::compile(text + "/**/b*")->matches(text + "/xb")) << length;
  }
}

TEST(Glob, TakesTimeAsThePathIsLongWhateverItIs) {
  std::string stars;
  for (int i = 0; i < 100; ++i) stars += "**/*a*";
  auto glob = Glob::compile(stars + "b");
  ASSERT_TRUE(glob.ok());
  const std::string path(100'000, 'a');
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(glob->matches(path));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST(Glob, KnowsWhatAllItsPathsBeginWith) {
  const std::pair<const char*, const char*> cases[] = {{"docs/api/*.md", "docs/api/"},
                                                       {"docs/**", "docs/"},
                                                       {"**/x", ""},
                                                       {"a\\*b?", "a*b"},
                                                       {"exact/name", "exact/name"},
                                                       {"[ab]c", ""},
                                                       {"logs-2024*", "logs-2024"}};
  for (const auto& [pattern, prefix] : cases)
    EXPECT_EQ(Glob::compile(pattern)->literal_prefix(), prefix) << pattern;
}

TEST(Glob, KnowsWhichDirectoriesAWalkHasToEnter) {
  struct Case {
    const char* glob;
    const char* directory;
    bool may, all;
  };
  const Case cases[] = {{"docs/*.md", "", true, false},
                        {"docs/*.md", "docs", true, false},
                        {"docs/*.md", "docs/a", false, false},
                        {"docs/*.md", "src", false, false},
                        {"docs/**", "docs", true, true},
                        {"docs/**", "docs/a/b/", true, true},
                        {"docs/**", "doc", false, false},
                        {"**/x", "any/where", true, false},
                        {"**", "", true, true},
                        {"a", "a", false, false},
                        {"a/", "a", false, false},
                        {"**/node_modules/**", "x/node_modules", true, true},
                        {"**/node_modules/**", "x", true, false}};
  for (const Case& c : cases) {
    EXPECT_EQ(Glob::compile(c.glob)->may_match_below(c.directory), c.may)
        << c.glob << " below " << c.directory;
    EXPECT_EQ(Glob::compile(c.glob)->matches_all_below(c.directory), c.all)
        << c.glob << " below " << c.directory;
  }
}

TEST(GlobSet, IncludesEverythingUnlessToldAndExclusionWins) {
  auto all = GlobSet::compile({}, {});
  EXPECT_TRUE(all->matches("any/thing"));
  EXPECT_EQ(all->prefixes(), std::vector<std::string>{""});
  auto set = GlobSet::compile({"docs/**", "**/*.md"}, {"**/draft-*", "docs/old/**"});
  EXPECT_TRUE(set->matches("docs/a.txt"));
  EXPECT_TRUE(set->matches("src/readme.md"));
  EXPECT_FALSE(set->matches("src/a.txt"));
  EXPECT_FALSE(set->matches("docs/draft-1.txt"));
  EXPECT_FALSE(set->matches("docs/old/readme.md"));
  EXPECT_TRUE(set->may_match_below("docs"));
  EXPECT_FALSE(set->may_match_below("docs/old"));
  EXPECT_FALSE(set->may_match_below("docs/old/deeper"));
}

TEST(GlobSet, ListsTheFewestPrefixes) {
  const auto prefixes = [](std::vector<std::string> include) {
    return GlobSet::compile(include, {"x"})->prefixes();
  };
  EXPECT_EQ(prefixes({"b/*", "a/x/*", "a/**", "a/y"}), (std::vector<std::string>{"a/", "b/"}));
  EXPECT_EQ(prefixes({"a/*", "*"}), (std::vector<std::string>{""}));
}

TEST(GlobSet, SaysWhichGlobOfWhichFieldIsWrong) {
  auto set = GlobSet::compile({"fine"}, {"also", "[wrong"});
  ASSERT_FALSE(set.ok());
  EXPECT_EQ(set.error().metadata.at("field"), "exclude");
  EXPECT_EQ(set.error().metadata.at("glob"), "[wrong");
}

} // namespace
} // namespace circuit::text
