#include "config/suggest.h"

#include <gtest/gtest.h>

#include <vector>

namespace circuit::config {
namespace {

const std::vector<std::string> kFlags = {"--sink", "--data-dir", "--json", "--allow-private"};

TEST(Suggestions, CountSlipsOfTheFinger) {
  EXPECT_EQ(edit_distance("sink", "sink"), 0u);
  EXPECT_EQ(edit_distance("sink", "sinks"), 1u);
  EXPECT_EQ(edit_distance("sikn", "sink"), 1u) << "neighbours swapped";
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

TEST(Suggestions, NameWhatWasMeant) {
  EXPECT_EQ(nearest("--snik", kFlags), "--sink");
  EXPECT_EQ(nearest("--datadir", kFlags), "--data-dir");
  EXPECT_EQ(nearest("--allow", kFlags), "--allow-private") << "a beginning counts";
  EXPECT_EQ(did_you_mean("--jsn", kFlags), " Did you mean --json?");
}

TEST(Suggestions, StaySilentWhereNothingIsNear) {
  EXPECT_EQ(nearest("--verbose", kFlags), std::nullopt);
  EXPECT_EQ(did_you_mean("x", kFlags), "");
  EXPECT_EQ(nearest(std::string(100'000, 'x'), kFlags), std::nullopt);
}

} // namespace
} // namespace circuit::config
