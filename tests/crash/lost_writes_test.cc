// The layer that loses writes, by itself: what was synced stays, what was not goes.

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>

#include "tests/crash/ledger.h"
#include "tests/crash/roll_back.h"
#include "tests/ingest/cli/process.h"

namespace circuit::crash {
namespace {

namespace fs = std::filesystem;

class LostWrites : public ::testing::Test {
 protected:
  LostWrites() {
    std::string pattern = ::testing::TempDir() + "circuit-lost-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a folder");
    folder_ = pattern;
    fs::create_directory(folder_ / "disk");
    paths_ = LedgerPaths::beside(folder_ / "disk");
  }
  ~LostWrites() override { fs::remove_all(folder_); }

  std::string path(const std::string& name = "") const { return (folder_ / "disk" / name).string(); }

  void before(const std::string& name, const std::string& text) {
    std::ofstream(path(name), std::ios::binary) << text;
  }
  void crash_after(const std::vector<std::string>& script) {
    const auto done = testing::run(SCRIPTED_WRITER, script,
                                   {{"LD_PRELOAD", LOST_WRITES},
                                    {kRootVariable, paths_.root},
                                    {kLedgerVariable, paths_.ledger},
                                    {kKeepVariable, paths_.keep}});
    ASSERT_EQ(done.code, 128 + SIGKILL) << done.err;
  }
  void lose(Loss loss = Loss::kEverything) { roll_back(paths_, loss, random_); }
  std::optional<std::string> read(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    if (!file) return std::nullopt;
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }

  fs::path folder_;
  LedgerPaths paths_;
  SeededRandom random_{1};
};

TEST_F(LostWrites, AWriteThatWasNotSyncedIsLost) {
  before("a", "old ");
  crash_after({"write", path("a"), "4", "new"});
  EXPECT_EQ(read("a"), "old new") << "a kill alone loses nothing";
  lose();
  EXPECT_EQ(read("a"), "old ");
}

TEST_F(LostWrites, AWriteThatWasSyncedStays) {
  before("a", "old ");
  crash_after({"write", path("a"), "4", "new", "sync", path("a"), "write", path("a"), "7", " newer"});
  lose();
  EXPECT_EQ(read("a"), "old new");
}

TEST_F(LostWrites, OverwrittenAndCutBytesComeBack) {
  before("a", "0123456789");
  crash_after(
      {"write", path("a"), "2", "xyz", "truncate", path("a"), "4", "write", path("a"), "4", "tail of it"});
  EXPECT_EQ(read("a"), "01xytail of it");
  lose();
  EXPECT_EQ(read("a"), "0123456789");
}

TEST_F(LostWrites, ANewFileNeedsItsDirectorySyncedAsWell) {
  crash_after({"write", path("a"), "0", "text", "sync", path("a")});
  lose();
  EXPECT_EQ(read("a"), std::nullopt);
  crash_after({"write", path("a"), "0", "text", "sync", path("a"), "sync", path()});
  lose();
  EXPECT_EQ(read("a"), "text");
}

TEST_F(LostWrites, RenamedRemovedAndReplacedFilesComeBack) {
  before("a", "a");
  before("b", "b");
  before("c", "c");
  crash_after({"rename", path("a"), path("b"), "write", path("a"), "0", "another", "unlink", path("c")});
  lose();
  EXPECT_EQ(read("a"), "a");
  EXPECT_EQ(read("b"), "b");
  EXPECT_EQ(read("c"), "c");
}

TEST_F(LostWrites, RenamesAndRemovalsBeforeADirectorySyncStay) {
  before("a", "a");
  before("c", "c");
  crash_after({"rename", path("a"), path("b"), "unlink", path("c"), "sync", path()});
  lose();
  EXPECT_EQ(read("a"), std::nullopt);
  EXPECT_EQ(read("b"), "a");
  EXPECT_EQ(read("c"), std::nullopt);
}

TEST_F(LostWrites, ANewDirectoryGoesWithAllThatIsInIt) {
  crash_after(
      {"mkdir", path("d"), "write", path("d/a"), "0", "text", "sync", path("d/a"), "sync", path("d")});
  lose();
  EXPECT_FALSE(fs::exists(path("d")));
}

TEST_F(LostWrites, WhatStaysIsABeginningOfWhatWasWritten) {
  std::set<std::string> seen;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    random_ = SeededRandom(seed);
    before("a", "");
    crash_after({"write", path("a"), "0", "synced ", "sync", path("a"), "write", path("a"), "7", "second ",
                 "write", path("a"), "14", "third"});
    lose(Loss::kDrawn);
    const std::string left = read("a").value_or("");
    EXPECT_TRUE(std::string("synced second third").starts_with(left)) << left;
    EXPECT_TRUE(left.starts_with("synced ")) << left;
    seen.insert(left);
  }
  EXPECT_GT(seen.size(), 4u) << "the losses are not drawn";
}

TEST_F(LostWrites, FilesElsewhereAreLeftAlone) {
  const std::string elsewhere = (folder_ / "elsewhere").string();
  crash_after({"write", elsewhere, "0", "text"});
  lose();
  EXPECT_TRUE(fs::exists(elsewhere));
}

} // namespace
} // namespace circuit::crash
