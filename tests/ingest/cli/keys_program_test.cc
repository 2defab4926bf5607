// Master keys, as whoever runs a worker handles them: with the real program and a data directory that holds
// credentials.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include "ingest/credentials/vault.h"
#include "ingest/state/rocksdb_store.h"
#include "tests/ingest/cli/world.h"
#include "tests/ingest/state/running.h"

namespace circuit::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class KeysProgram : public ::testing::Test {
 protected:
  Finished circuit(std::vector<std::string> arguments, std::map<std::string, std::string> environment = {}) {
    environment.emplace("HOME", folder_.path());
    return run(CIRCUIT_FEEDS, arguments, environment, "");
  }
  // Its id.
  std::string generate(const std::string& name) {
    const auto made = circuit({"keys", "generate", "--out", folder_.path(name)});
    EXPECT_EQ(made.code, 0) << made.err;
    return made.out.substr(0, made.out.find('\n'));
  }
  std::vector<std::string> with_keys(std::vector<std::string> arguments,
                                     const std::vector<std::string>& keys) {
    arguments.insert(arguments.end(), {"--data-dir", folder_.path("state")});
    for (const auto& key : keys) arguments.insert(arguments.end(), {"--master-key", folder_.path(key)});
    return arguments;
  }
  // As a worker with this key would have left them.
  void store_credentials(const std::string& key_file, int count) {
    SystemLoop loop;
    SystemRandom random;
    auto store = state::RocksDbStore::open(folder_.path("state"));
    ASSERT_TRUE(store) << store.error().to_string();
    credentials::KeySources sources;
    sources.paths = {folder_.path(key_file)};
    const auto keyring = credentials::Keyring::load(sources);
    ASSERT_TRUE(keyring) << keyring.error().to_string();
    credentials::Vault vault(**store, *keyring, random);
    state::Batch batch;
    for (int i = 0; i < count; ++i) {
      credentials::Credential credential;
      credential.secrets.emplace("token", credentials::Secret("t"));
      ASSERT_TRUE(state::testing::run(
          loop, vault.seal("connections/" + std::to_string(i), 1, std::move(credential), batch)));
    }
    ASSERT_TRUE(state::testing::run(loop, (*store)->commit(std::move(batch))));
    ASSERT_TRUE((*store)->close());
  }
  std::unique_ptr<Process> serve(const std::vector<std::string>& keys, std::string& address) {
    auto arguments = with_keys({"serve", "--listen", "127.0.0.1:0"}, keys);
    auto worker = std::make_unique<Process>(CIRCUIT_FEEDS, arguments,
                                            std::map<std::string, std::string>{{"HOME", folder_.path()}});
    EXPECT_TRUE(worker->wait_for_output("listening on ")) << worker->err();
    EXPECT_TRUE(worker->wait_for_output("\n"));
    const std::string line = lines(worker->out()).front();
    address = line.substr(line.rfind(' ') + 1);
    return worker;
  }

  Folder folder_;
};

TEST_F(KeysProgram, MakesAKeyThatOnlyItsOwnerCanReadAndOverwritesNone) {
  const auto id = generate("key");
  EXPECT_EQ(id.size(), 16U);
  const std::string content = folder_.read("key");
  EXPECT_THAT(content, AllOf(HasSubstr("circuit-feeds-key-1:"), HasSubstr(id)));
  struct stat status {};
  ASSERT_EQ(::stat(folder_.path("key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  const auto again = circuit({"keys", "generate", "--out", folder_.path("key")});
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.err, HasSubstr("[CONFLICT KEY_FILE_EXISTS]"));
  EXPECT_EQ(folder_.read("key"), content);
  // The key itself is on no stream.
  const auto other = circuit({"keys", "generate", "--out", folder_.path("other"), "--json"});
  const std::string key = folder_.read("other").substr(37, 44);
  EXPECT_EQ((other.out + other.err).find(key), std::string::npos);
}

TEST_F(KeysProgram, NeedsNoKeyWithoutConnectionsAndTheRightOneWithThem) {
  const auto id = generate("key");
  generate("wrong");
  std::string address;
  EXPECT_EQ(circuit(with_keys({"keys", "list"}, {})).code, 0);
  store_credentials("key", 3);
  for (const auto& keys : {std::vector<std::string>{}, {"wrong"}}) {
    const auto refused = circuit(with_keys({"serve", "--listen", "127.0.0.1:0"}, keys));
    EXPECT_EQ(refused.code, 1);
    EXPECT_THAT(refused.err, AllOf(HasSubstr("MASTER_KEY_MISSING"), HasSubstr(id), HasSubstr("3")));
  }
  ::chmod(folder_.path("key").c_str(), 0644);
  EXPECT_THAT(circuit(with_keys({"serve", "--listen", "127.0.0.1:0"}, {"key"})).err,
              HasSubstr("MASTER_KEY_FILE_EXPOSED"));
  ::chmod(folder_.path("key").c_str(), 0600);
  EXPECT_NE(serve({"key"}, address), nullptr);
}

TEST_F(KeysProgram, AWorkerRotatesToItsNewPrimaryKeyAndTheOldOneIsRetired) {
  const auto old_id = generate("old");
  const auto new_id = generate("new");
  store_credentials("old", 700);
  std::string address;
  {
    const auto worker = serve({"old", "new"}, address);
    const auto primary = circuit({"keys", "retire", old_id, "--server", address});
    EXPECT_THAT(primary.err, HasSubstr("[CONFLICT MASTER_KEY_IN_USE]"));
    EXPECT_EQ(circuit({"keys", "retire", new_id, "--server", address}).code, 0);
    EXPECT_THAT(circuit({"keys", "retire", "0011223344556677", "--server", address}).err,
                HasSubstr("[NOT_FOUND MASTER_KEY_UNKNOWN]"));
    worker->signal(SIGTERM);
    worker->finish();
  }
  const auto worker = serve({"new", "old"}, address);
  const auto rotated = circuit({"keys", "rotate", "--server", address, "--json"});
  EXPECT_EQ(rotated.code, 0) << rotated.err;
  const auto listed = json_lines(circuit({"keys", "list", "--server", address, "--json"}).out).at(0);
  const auto& keys = listed.at("keys").as_array();
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0].at("id").as_string(), new_id);
  EXPECT_EQ(keys[0].at("sealed").as_string(), "700");
  EXPECT_EQ(circuit({"keys", "retire", old_id, "--server", address}).code, 0);
}

TEST_F(KeysProgram, RotatesADataDirectoryThatNobodyHolds) {
  const auto old_id = generate("old");
  generate("new");
  store_credentials("old", 20);
  const auto refused = circuit(with_keys({"keys", "retire", old_id}, {"new", "old"}));
  EXPECT_THAT(refused.err, AllOf(HasSubstr("MASTER_KEY_IN_USE"), HasSubstr("20 data keys")));
  EXPECT_EQ(circuit(with_keys({"keys", "rotate"}, {"new", "old"})).code, 0);
  EXPECT_THAT(circuit(with_keys({"keys", "retire", old_id}, {"new", "old"})).out,
              HasSubstr("Nothing is sealed by " + old_id));
  EXPECT_THAT(circuit(with_keys({"keys", "rotate"}, {})).err, HasSubstr("MASTER_KEY_MISSING"));
}

TEST_F(KeysProgram, TakesAKeyFromTheEnvironmentAndShowsItToNobody) {
  generate("key");
  const std::string line = folder_.read("key");
  auto arguments = with_keys({"serve", "--listen", "127.0.0.1:0"}, {});
  Process worker(CIRCUIT_FEEDS, arguments,
                 {{"HOME", folder_.path()},
                  {"CIRCUIT_FEEDS_MASTER_KEY", line.substr(0, 81)},
                  {"CIRCUIT_FEEDS_CORE_DUMPS", "1"}}); // so that /proc can be read at all
  ASSERT_TRUE(worker.wait_for_output("listening on ")) << worker.err();
  for (const char* name : {"environ", "cmdline"}) {
    const std::string shown =
        run("/bin/cat", {"/proc/" + std::to_string(worker.pid()) + "/" + name}, {}, "").out;
    EXPECT_FALSE(shown.empty());
    EXPECT_EQ(shown.find(line.substr(37, 44)), std::string::npos) << name;
  }
}

} // namespace
} // namespace circuit::testing
