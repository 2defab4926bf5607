#include "sinks/jsonl_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <optional>

#include "sinks/file_error.h"
#include "tests/sinks/sink_fixture.h"

namespace circuit::sinks {
namespace {

using testing::content;
using testing::put;

// A file and the store that remembers its position.
class JsonlFileTest : public ::testing::Test {
 protected:
  void open(uint64_t rotate_bytes = 0) { ASSERT_TRUE(try_open(rotate_bytes).ok()); }
  Result<void> try_open(uint64_t rotate_bytes = 0) {
    file_.reset();
    file_.emplace(path_, rotate_bytes);
    return file_->recover(stored_);
  }
  void append(const std::string& lines) { ASSERT_TRUE(file_->append(lines).ok()); }
  void store() {
    auto sealed = file_->seal();
    ASSERT_TRUE(sealed.ok());
    stored_ = *sealed;
  }
  void commit() {
    store();
    file_->commit();
  }
  void crash() { file_.reset(); }
  std::string open_error() {
    const auto opened = try_open();
    return opened ? "none" : opened.error().reason;
  }

  testing::Folder folder_;
  const std::string path_ = folder_ / "out.jsonl";
  std::string stored_;
  std::optional<JsonlFile> file_;
};

TEST_F(JsonlFileTest, KeepsWhatIsCommittedAndCutsTheRestAfterACrash) {
  open();
  append("1\n");
  commit();
  append("2\n");
  crash();
  EXPECT_EQ(content(path_), "1\n2\n");
  open();
  EXPECT_EQ(content(path_), "1\n");
  append("3\n");
  commit();
  EXPECT_EQ(content(path_), "1\n3\n");
}

TEST_F(JsonlFileTest, KeepsWhatTheStoreHoldsThoughTheCommitWasNotHeardOf) {
  open();
  append("1\n");
  store();
  crash();
  open();
  EXPECT_EQ(content(path_), "1\n");
}

TEST_F(JsonlFileTest, RollsBackToTheCommittedLength) {
  open();
  append("1\n");
  commit();
  append("2\n");
  file_->rollback();
  EXPECT_EQ(content(path_), "1\n");
  append("3\n");
  commit();
  EXPECT_EQ(content(path_), "1\n3\n");
}

TEST_F(JsonlFileTest, AddsToAnExistingFileWithoutTouchingItsLines) {
  put(path_, "theirs\n");
  open();
  append("1\n");
  crash();
  open(); // before the first commit
  EXPECT_EQ(content(path_), "theirs\n");
  append("1\n");
  commit();
  EXPECT_EQ(content(path_), "theirs\n1\n");
  EXPECT_FALSE(std::filesystem::exists(path_ + ".uncommitted"));
}

TEST_F(JsonlFileTest, KeepsAllLinesWhenTheStoreWasDeletedAfterACommit) {
  open();
  append("1\n");
  commit();
  stored_.clear();
  open();
  append("2\n");
  commit();
  EXPECT_EQ(content(path_), "1\n2\n");
}

TEST_F(JsonlFileTest, DistrustsANoteThatWasNotWrittenWhole) {
  put(path_, "theirs\n");
  put(path_ + ".uncommitted", "0"); // cut short, without its line end
  open();
  EXPECT_EQ(content(path_), "theirs\n");
}

TEST_F(JsonlFileTest, RefusesAnExistingFileThatEndsInMidLine) {
  put(path_, "not a line");
  EXPECT_EQ(open_error(), "SINK_FILE_NOT_JSONL");
  EXPECT_EQ(content(path_), "not a line");
}

TEST_F(JsonlFileTest, RefusesAFileThatIsShorterThanCommitted) {
  open();
  append("1\n2\n");
  commit();
  crash();
  put(path_, "1\n");
  const auto opened = try_open();
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().cls, ErrorClass::kCorrupt);
  EXPECT_EQ(opened.error().reason, "SINK_FILE_SHORTER");
  EXPECT_EQ(content(path_), "1\n");
  std::filesystem::remove(path_);
  EXPECT_EQ(open_error(), "SINK_FILE_SHORTER");
}

TEST_F(JsonlFileTest, IsGoneWhenItIsMissingOrEmptyAndNotWhenAnythingIsLeft) {
  open();
  append("1\n2\n");
  commit();
  crash();
  EXPECT_FALSE(find_gone_file(path_, stored_));
  put(path_, "1\n");
  EXPECT_FALSE(find_gone_file(path_, stored_)) << "somebody may have what is left";
  put(path_, "");
  EXPECT_TRUE(find_gone_file(path_, stored_));
  std::filesystem::remove(path_);
  const auto gone = find_gone_file(path_, stored_);
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->problem.reason, "SINK_FILE_SHORTER");
  EXPECT_FALSE(std::filesystem::exists(path_));

  stored_ = gone->position;
  open();
  append("3\n");
  commit();
  EXPECT_EQ(content(path_), "3\n");
  open();
}

TEST_F(JsonlFileTest, ARotationIsNotTakenForAFileThatIsGone) {
  open(3);
  append("1\n2\n");
  commit();
  append("3\n"); // into the next one, which no commit knows of
  crash();
  put(path_, "");
  EXPECT_FALSE(find_gone_file(path_, stored_));
  EXPECT_FALSE(find_gone_file(path_, ""));
  EXPECT_FALSE(find_gone_file(path_, "jsonl/1 generation=7 offset=0"));
}

TEST_F(JsonlFileTest, AFileThatBeginsAnewGoesOnWithItsNumber) {
  put(path_ + ".4", "4\n");
  open();
  append("5\n");
  commit();
  crash();
  std::filesystem::remove(path_);
  std::filesystem::remove(path_ + ".4"); // taken away by whoever reads them
  stored_ = find_gone_file(path_, stored_)->position;
  open(1);
  append("6\n");
  commit();
  append("7\n");
  EXPECT_EQ(content(path_ + ".5"), "6\n");
}

TEST_F(JsonlFileTest, AFileThatBeganAnewCutsWhatACrashLeftAndNotWhatSomebodyPutThere) {
  stored_ = "jsonl/1 generation=1 offset=0";
  open();
  append("1\n");
  crash();
  open();
  EXPECT_EQ(content(path_), "");
  crash();
  std::filesystem::remove(path_ + ".uncommitted"); // as where another volume is mounted there
  put(path_, "the old ones\n");
  EXPECT_EQ(open_error(), "SINK_FILE_CHANGED");
  EXPECT_EQ(content(path_), "the old ones\n");
}

TEST_F(JsonlFileTest, AWindowWithoutALineLeavesTheFileAsNew) {
  open();
  commit(); // all of it was rejected
  append("1\n");
  crash();
  open();
  EXPECT_EQ(content(path_), "");
  append("2\n");
  commit();
  EXPECT_FALSE(std::filesystem::exists(path_ + ".uncommitted"));
  crash();
  open();
  EXPECT_EQ(content(path_), "2\n");
}

TEST_F(JsonlFileTest, WritesNothingToAFileThatWasRemovedOrMovedAwayWhileItWasOpen) {
  open();
  append("1\n");
  commit();
  EXPECT_TRUE(file_->expect_in_place().ok());
  std::filesystem::rename(path_, path_ + ".moved");
  EXPECT_EQ(file_->expect_in_place().error().reason, "SINK_FILE_CHANGED");
  EXPECT_EQ(file_->append("2\n").error().reason, "SINK_FILE_CHANGED");
  put(path_, "1\n");
  EXPECT_EQ(file_->append("2\n").error().reason, "SINK_FILE_CHANGED") << "another file of that name";
  std::filesystem::rename(path_ + ".moved", path_);
  append("2\n");
  std::filesystem::remove(path_);
  EXPECT_EQ(file_->seal().error().reason, "SINK_FILE_CHANGED");
}

TEST_F(JsonlFileTest, RefusesAFileWhoseCommittedPartDoesNotEndALine) {
  open();
  append("1\n2\n");
  commit();
  crash();
  put(path_, "other text, longer");
  EXPECT_EQ(open_error(), "SINK_FILE_CHANGED");
}

TEST_F(JsonlFileTest, NoticesThatTheFileWasCutWhileItWasOpenAndDoesNotFillItWithZeros) {
  open();
  append("1\n");
  commit();
  std::filesystem::resize_file(path_, 0);
  const auto appended = file_->append("2\n");
  ASSERT_FALSE(appended.ok());
  EXPECT_EQ(appended.error().reason, "SINK_FILE_CHANGED");
  file_->rollback();
  const auto again = file_->append("3\n");
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().reason, "SINK_FILE_SHORTER");
  EXPECT_EQ(content(path_), "");
}

TEST_F(JsonlFileTest, DoesNotSealAFileThatSomebodyElseAddedTo) {
  open();
  append("1\n");
  put(path_, "1\ntheirs\n");
  const auto sealed = file_->seal();
  ASSERT_FALSE(sealed.ok());
  EXPECT_EQ(sealed.error().reason, "SINK_FILE_CHANGED");
}

TEST_F(JsonlFileTest, RefusesAPositionOfAnotherFormat) {
  for (const char* position : {"jsonl/2 generation=1 offset=0", "jsonl/1 generation=0 offset=0", "x",
                               "jsonl/1 generation=1 offset=", "jsonl/1 generation=1 offset=3x"}) {
    stored_ = position;
    EXPECT_EQ(open_error(), "SINK_POSITION_UNREADABLE") << position;
  }
}

TEST_F(JsonlFileTest, LetsOneWriterInAtATime) {
  open();
  JsonlFile second(path_, 0);
  const auto opened = second.recover("");
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().reason, "SINK_FILE_BUSY");
  crash();
  JsonlFile third(path_, 0);
  EXPECT_TRUE(third.recover("").ok());
}

TEST_F(JsonlFileTest, SaysWhatIsWrongWithAPath) {
  const auto reason = [](const std::string& path) {
    JsonlFile file(path, 0);
    const auto opened = file.recover("");
    if (opened) return std::string("none");
    EXPECT_FALSE(opened.error().next_step.empty());
    EXPECT_EQ(opened.error().cls, ErrorClass::kInvalid);
    return opened.error().reason;
  };
  EXPECT_EQ(reason(folder_ / "missing/out.jsonl"), "SINK_DIRECTORY_MISSING");
  EXPECT_EQ(reason(folder_ / ""), "SINK_IS_A_DIRECTORY");
  put(folder_ / "file", "");
  EXPECT_EQ(reason(folder_ / "file/out.jsonl"), "SINK_PATH_INVALID");
  EXPECT_EQ(reason(folder_ / std::string(300, 'x')), "SINK_PATH_INVALID");
}

TEST(FileError, HasAClassAReasonAndANextStepForEachErrno) {
  struct Case {
    int error_number;
    ErrorClass cls;
    const char* reason;
  };
  for (const auto& [error_number, cls, reason] :
       {Case{ENOSPC, ErrorClass::kExhausted, "DISK_FULL"}, Case{EDQUOT, ErrorClass::kExhausted, "DISK_FULL"},
        Case{EMFILE, ErrorClass::kExhausted, "TOO_MANY_OPEN_FILES"},
        Case{EACCES, ErrorClass::kInvalid, "SINK_FILE_NOT_WRITABLE"},
        Case{EROFS, ErrorClass::kInvalid, "SINK_FILE_NOT_WRITABLE"},
        Case{EPIPE, ErrorClass::kInvalid, "SINK_CLOSED"}, Case{EIO, ErrorClass::kTransient, "SINK_IO"}}) {
    const Error error = file_error(error_number, "write to", "/data/out.jsonl");
    EXPECT_EQ(error.cls, cls) << error_number;
    EXPECT_EQ(error.reason, reason) << error_number;
    EXPECT_NE(error.message.find("write to /data/out.jsonl"), std::string::npos);
    EXPECT_FALSE(error.next_step.empty());
  }
}

// Rotation.

TEST_F(JsonlFileTest, RotatesAtTheFirstAppendAfterTheLimitWasCommitted) {
  open(4);
  append("1\n");
  append("2\n");
  append("3\n"); // beyond the limit, in one window
  commit();
  EXPECT_FALSE(std::filesystem::exists(path_ + ".1"));
  append("4\n");
  commit();
  EXPECT_EQ(content(path_ + ".1"), "1\n2\n3\n");
  EXPECT_EQ(content(path_), "4\n");
  crash();
  open(4);
  append("5\n");
  commit();
  append("6\n");
  commit();
  EXPECT_EQ(content(path_ + ".2"), "4\n5\n");
  EXPECT_EQ(content(path_), "6\n");
}

TEST_F(JsonlFileTest, RecoversFromACrashBetweenRotationAndTheNextCommit) {
  open(2);
  append("1\n");
  commit();
  append("2\n"); // rotates
  crash();
  EXPECT_EQ(content(path_), "2\n");
  open(2);
  EXPECT_EQ(content(path_ + ".1"), "1\n");
  EXPECT_EQ(content(path_), "");
  append("3\n");
  commit();
  EXPECT_EQ(content(path_), "3\n");
}

TEST_F(JsonlFileTest, RecoversFromACrashBetweenTheRenameAndTheNewFile) {
  open(2);
  append("1\n");
  commit();
  crash();
  std::filesystem::rename(path_, path_ + ".1");
  open(2);
  EXPECT_EQ(content(path_ + ".1"), "1\n");
  append("2\n");
  commit();
  EXPECT_EQ(content(path_), "2\n");
}

TEST_F(JsonlFileTest, RecoversFromACrashAfterARotationBeforeTheFirstCommit) {
  put(path_, "theirs\n");
  open(2);
  append("1\n"); // rotates what was there
  crash();
  open(2);
  EXPECT_EQ(content(path_ + ".1"), "theirs\n");
  EXPECT_EQ(content(path_), "");
  append("1\n");
  commit();
  EXPECT_EQ(content(path_), "1\n");
}

TEST_F(JsonlFileTest, NeverOverwritesACompletedFile) {
  open(2);
  append("1\n");
  commit();
  put(path_ + ".1", "somebody's");
  const auto appended = file_->append("2\n");
  ASSERT_FALSE(appended.ok());
  EXPECT_EQ(appended.error().reason, "SINK_ROTATION_BLOCKED");
  EXPECT_EQ(content(path_ + ".1"), "somebody's");
  std::filesystem::remove(path_ + ".1");
  append("2\n");
  commit();
  EXPECT_EQ(content(path_), "2\n");
}

TEST_F(JsonlFileTest, StartsAboveTheCompletedFilesOfAnEarlierHistory) {
  put(path_ + ".7", "old\n");
  open(2);
  append("1\n");
  commit();
  append("2\n");
  commit();
  EXPECT_EQ(content(path_ + ".7"), "old\n");
  EXPECT_EQ(content(path_ + ".8"), "1\n");
}

TEST_F(JsonlFileTest, KeepsTheLockAcrossARotation) {
  open(2);
  append("1\n");
  commit();
  append("2\n");
  JsonlFile second(path_, 0);
  const auto opened = second.recover("");
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().reason, "SINK_FILE_BUSY");
}

// A limit on the size of files stands for a full disk: write() takes a part, then fails.
TEST_F(JsonlFileTest, GivesBackAPartialWriteWhenTheFileMayNotGrow) {
  open();
  append("1\n");
  commit();
  const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{4096, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto appended = file_->append(std::string(8191, 'x') + "\n");
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, ignored);
  ASSERT_FALSE(appended.ok());
  EXPECT_EQ(appended.error().cls, ErrorClass::kExhausted);
  EXPECT_EQ(appended.error().reason, "SINK_FILE_TOO_LARGE");
  EXPECT_EQ(std::filesystem::file_size(path_), 4096U);
  file_->rollback();
  EXPECT_EQ(content(path_), "1\n");
  append("2\n");
  commit();
  EXPECT_EQ(content(path_), "1\n2\n");
}

} // namespace
} // namespace circuit::sinks
