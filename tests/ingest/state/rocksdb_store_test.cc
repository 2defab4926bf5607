// Opening, refusing and closing a data directory.

#include "ingest/state/rocksdb_store.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "ingest/state/key.h"
#include "tests/ingest/state/rocksdb_fixture.h"

namespace circuit::state {
namespace {

namespace fs = std::filesystem;
using testing::files_of;
using testing::read_file;
using testing::run;
using testing::write_file;
using RocksDbStoreTest = testing::RocksDbFixture;

// Another process with a data directory; see store_holder.cc.
class Holder {
 public:
  Holder(const fs::path& directory, const std::string& task) {
    int to_child[2];
    int from_child[2];
    if (::pipe(to_child) != 0 || ::pipe(from_child) != 0) throw std::runtime_error("pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(to_child[0], 0);
      ::dup2(from_child[1], 1);
      ::close(to_child[1]);
      ::close(from_child[0]);
      ::execl(STORE_HOLDER, STORE_HOLDER, directory.c_str(), task.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(to_child[0]);
    ::close(from_child[1]);
    input_ = to_child[1];
    output_ = ::fdopen(from_child[0], "r");
    EXPECT_EQ(line(), "ready");
  }
  ~Holder() {
    kill();
    ::close(input_);
    std::fclose(output_);
  }

  pid_t pid() const { return pid_; }
  std::string line() {
    char buffer[128];
    if (std::fgets(buffer, sizeof buffer, output_) == nullptr) return {};
    std::string text(buffer);
    text.pop_back();
    return text;
  }
  void kill() {
    if (pid_ == 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(std::exchange(pid_, 0), nullptr, 0);
  }

 private:
  pid_t pid_ = 0;
  int input_ = -1;
  FILE* output_ = nullptr;
};

TEST_F(RocksDbStoreTest, MakesTheDirectoryAndAllAboveIt) {
  const auto deep = data() / "a" / "b" / "";
  put(*open(deep), Table::kFeeds, "k", "v");
  EXPECT_TRUE(stored(*open(data() / "a" / "b"), "k"));
  EXPECT_EQ(fs::status(data() / "a" / "b").permissions(), fs::perms::owner_all);
}

TEST_F(RocksDbStoreTest, HasAnIdOfItsOwnForEver) {
  const auto first = open(data())->store_id();
  EXPECT_EQ(first.size(), 26);
  EXPECT_EQ(open(data())->store_id(), first);
  EXPECT_NE(open(directory_.path() / "other")->store_id(), first);
}

TEST_F(RocksDbStoreTest, LeavesNoLogToReadWhenClosed) {
  make_store();
  for (const auto& [name, bytes] : files_of(data())) {
    if (name.ends_with(".log")) {
      EXPECT_EQ(bytes, "") << name;
    }
  }
}

TEST_F(RocksDbStoreTest, AnswersThatItIsClosedOnceItIs) {
  auto store = open(data());
  ASSERT_TRUE(store->close());
  EXPECT_EQ(run(loop_, store->get(Table::kFeeds, "k")).error().reason, "STORE_CLOSED");
  EXPECT_EQ(run(loop_, store->scan({Table::kFeeds, "", "", 1})).error().reason, "STORE_CLOSED");
  EXPECT_EQ(run(loop_, store->commit(Batch())).error().reason, "STORE_CLOSED");
  EXPECT_TRUE(store->close());
  open(data());
}

TEST_F(RocksDbStoreTest, RefusesADirectoryThatAnotherProcessHoldsAndNamesIt) {
  Holder holder(data(), "127.0.0.1:8431");
  const Error error = refusal(data());
  EXPECT_EQ(error.cls, ErrorClass::kConflict);
  EXPECT_EQ(error.reason, "STORE_LOCKED");
  EXPECT_EQ(error.metadata.at("holder_pid"), std::to_string(holder.pid()));
  EXPECT_EQ(error.metadata.at("holder_address"), "127.0.0.1:8431");
  EXPECT_NE(error.to_string().find("pid " + std::to_string(holder.pid())), std::string::npos);
  EXPECT_NE(error.next_step.find("--server 127.0.0.1:8431"), std::string::npos);
  holder.kill();
  open(data());
}

TEST_F(RocksDbStoreTest, RefusesADirectoryThatThisProcessHolds) {
  const auto store = open(data());
  const Error error = refusal(data());
  EXPECT_EQ(error.reason, "STORE_LOCKED");
  EXPECT_EQ(error.metadata.at("holder_pid"), std::to_string(::getpid()));
  EXPECT_FALSE(error.metadata.contains("holder_address"));
  put(*store, Table::kFeeds, "k", "v");
}

TEST_F(RocksDbStoreTest, KeepsEveryAcknowledgedCommitOfAProcessThatIsKilled) {
  int acknowledged = -1;
  for (int life = 0; life < 3; ++life) {
    Holder holder(data(), "commit");
    for (int i = 0; i < 40 * (life + 1); ++i) acknowledged = std::stoi(holder.line());
    holder.kill();
    auto store = open(data());
    for (int i = 0; i <= acknowledged; ++i) EXPECT_TRUE(stored(*store, std::to_string(i)));
    EXPECT_EQ(stored(*store, std::to_string(acknowledged + 1)),
              stored(*store, std::to_string(acknowledged + 1), Table::kRuns));
  }
}

TEST_F(RocksDbStoreTest, RefusesANewerFormatAndLeavesItAlone) {
  put(*open(data()), Table::kMeta, Key().add("format").bytes(), "3");
  const auto before = files_of(data());
  const Error error = refusal(data());
  EXPECT_EQ(error.cls, ErrorClass::kInvalid);
  EXPECT_EQ(error.reason, "STORE_NEWER");
  EXPECT_EQ(error.metadata.at("format"), "3");
  EXPECT_EQ(files_of(data()), before);
}

TEST_F(RocksDbStoreTest, RefusesTheFormatOfBeforeTheFirstReleaseAndLeavesItAlone) {
  put(*open(data()), Table::kMeta, Key().add("format").bytes(), "1");
  const auto before = files_of(data());
  const Error error = refusal(data());
  EXPECT_EQ(error.cls, ErrorClass::kInvalid);
  EXPECT_EQ(error.reason, "STORE_OLDER");
  EXPECT_EQ(error.metadata.at("format"), "1");
  EXPECT_EQ(files_of(data()), before);
}

TEST_F(RocksDbStoreTest, RefusesANewerFormatWithTablesThatItDoesNotKnow) {
  put(*open(data()), Table::kMeta, Key().add("format").bytes(), "3");
  std::vector<std::string> names;
  ASSERT_TRUE(rocksdb::DB::ListColumnFamilies({}, data().string(), &names).ok());
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const auto& name : names) families.emplace_back(name, rocksdb::ColumnFamilyOptions());
  families.emplace_back("later_table", rocksdb::ColumnFamilyOptions());
  rocksdb::DBOptions options;
  options.create_missing_column_families = true;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, data().string(), families, &handles, &opened).ok());
  for (auto* handle : handles) opened->DestroyColumnFamilyHandle(handle);
  delete opened;
  EXPECT_EQ(refusal(data()).reason, "STORE_NEWER");
}

TEST_F(RocksDbStoreTest, RefusesAFormatThatIsNoNumber) {
  put(*open(data()), Table::kMeta, Key().add("format").bytes(), "one");
  EXPECT_EQ(refusal(data()).reason, "STORE_CORRUPT");
}

TEST_F(RocksDbStoreTest, RefusesADirectoryOfSomethingElse) {
  fs::create_directories(data());
  write_file(data() / "thesis.txt", "important");
  EXPECT_EQ(refusal(data()).reason, "STORE_FOREIGN");
  EXPECT_EQ(files_of(data()), (std::map<std::string, std::string>{{"thesis.txt", "important"}}));
  EXPECT_FALSE(fs::exists(data() / "circuit-feeds.owner"));
}

TEST_F(RocksDbStoreTest, RefusesADatabaseOfSomethingElse) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, data().string(), &opened).ok());
  ASSERT_TRUE(opened->Put({}, "k", "v").ok());
  delete opened;
  const auto before = files_of(data());
  EXPECT_EQ(refusal(data()).reason, "STORE_FOREIGN");
  EXPECT_EQ(files_of(data()), before);
  EXPECT_FALSE(fs::exists(data() / "circuit-feeds.owner"));
}

TEST_F(RocksDbStoreTest, RefusesAFileAndAPathThroughAFile) {
  write_file(data(), "a file");
  EXPECT_EQ(refusal(data()).reason, "STORE_NOT_A_DIRECTORY");
  EXPECT_EQ(refusal(data() / "below").reason, "STORE_NOT_A_DIRECTORY");
  EXPECT_EQ(read_file(data()), "a file");
}

TEST_F(RocksDbStoreTest, MakesNothingWhereItIsToldNotTo) {
  RocksDbOptions options;
  options.create = false;
  EXPECT_EQ(refusal(data(), options).reason, "STORE_MISSING");
  EXPECT_FALSE(fs::exists(data()));
  fs::create_directories(data());
  EXPECT_EQ(refusal(data(), options).reason, "STORE_MISSING");
  EXPECT_TRUE(fs::is_empty(data()));
  make_store();
  EXPECT_TRUE(stored(*open(data(), options), "feed1"));
}

// As a user without rights, also where the tests run as root.
class WithoutRights {
 public:
  WithoutRights() : user_(::geteuid()) {
    if (user_ == 0 && ::seteuid(65534) != 0) throw std::runtime_error("seteuid");
  }
  ~WithoutRights() {
    if (::seteuid(user_) != 0) std::abort();
  }

 private:
  const uid_t user_;
};

TEST_F(RocksDbStoreTest, RefusesADirectoryThatTheUserMayNotUse) {
  make_store();
  fs::permissions(directory_.path(), fs::perms::all);
  fs::permissions(data(), fs::perms::none);
  const WithoutRights without_rights;
  const Error error = refusal(data());
  EXPECT_EQ(error.cls, ErrorClass::kPermission);
  EXPECT_EQ(error.reason, "STORE_PERMISSION");
}

TEST_F(RocksDbStoreTest, RefusesToMakeADirectoryWhereTheUserMayNot) {
  fs::permissions(directory_.path(), fs::perms::none);
  {
    const WithoutRights without_rights;
    EXPECT_EQ(refusal(data()).reason, "STORE_PERMISSION");
  }
  fs::permissions(directory_.path(), fs::perms::owner_all);
}

TEST_F(RocksDbStoreTest, ABackupWithoutItsOwnerFileIsAStore) {
  make_store();
  fs::remove(data() / "circuit-feeds.owner");
  EXPECT_TRUE(stored(*open(data()), "feed7"));
}

TEST_F(RocksDbStoreTest, TellsWhatMemoryItUses) {
  auto store = open(data());
  const auto before = store->memory_use();
  for (int i = 0; i < 100; ++i) put(*store, Table::kManifest, std::to_string(i), std::string(10'000, 'x'));
  EXPECT_GT(store->memory_use().memtable_bytes, before.memtable_bytes + 900'000);
}

} // namespace
} // namespace circuit::state
