// The whole way of a connection: from the person in front of a browser to the last byte, against an
// authorization server that is not ours.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <sstream>
#include <thread>

#include "ingest/state/records.h"
#include "ingest/state/rocksdb_store.h"
#include "tests/end_to_end/oauth_stage.h"
#include "tests/end_to_end/stage.h"
#include "tests/ingest/state/running.h"

namespace circuit::end_to_end {
namespace {

using Browser = OAuthStage::Browser;

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

// Files below the folder that hold those bytes.
std::string files_with(const std::string& folder, const std::string& bytes) {
  std::string out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && contents(entry.path()).find(bytes) != std::string::npos)
      out += entry.path().string() + "\n";
  }
  return out;
}

// Its last bytes are a tag, which is random: what compression leaves as it is.
std::string random_part(const std::string& sealed) {
  constexpr size_t kTag = 16;
  EXPECT_GE(sealed.size(), kTag);
  return sealed.substr(sealed.size() - kTag);
}

// The sealed bytes, as far as they are unlike any others, of all credentials and data keys that a stopped
// worker has left.
std::vector<std::string> sealed_bytes(const std::string& data_dir) {
  namespace st = circuit::feeds::state::v1;
  SystemLoop loop;
  auto store = state::RocksDbStore::open(data_dir);
  EXPECT_TRUE(store.ok()) << store.error().message;
  std::vector<std::string> sealed;
  const auto credentials =
      state::testing::run(loop, state::scan_records<st::CredentialRecord>(**store, "", "", 100));
  for (const auto& row : *credentials) sealed.push_back(random_part(row.record.sealed()));
  const auto keys = state::testing::run(loop, state::scan_records<st::DataKeyRecord>(**store, "", "", 100));
  for (const auto& row : *keys) sealed.push_back(random_part(row.record.sealed()));
  EXPECT_TRUE((*store)->close().ok());
  return sealed;
}

bool eventually(const std::function<bool()>& holds, std::chrono::seconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  while (std::chrono::steady_clock::now() < until) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  return holds();
}

std::string text(const boost::json::value& object, const char* member) {
  const auto* found = object.as_object().if_contains(member);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : "";
}

class Connect : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string missing = OAuthStage::missing(); !missing.empty()) GTEST_SKIP() << missing;
  }
};

TEST_F(Connect, APersonInAHeadlessChromiumConnectsThroughTheLoopbackRedirect) {
  if (!std::filesystem::exists("/usr/bin/chromium")) GTEST_SKIP() << "chromium is not installed";
  OAuthStage stage;
  stage.start_worker();
  const auto connected = stage.connect("ada", "allow", Browser::kChromium);
  EXPECT_EQ(connected.command.code, 0) << connected.command.err << connected.shown;
  EXPECT_NE(connected.shown.find("\"title\":\"Connected\""), std::string::npos) << connected.shown;
  EXPECT_NE(connected.shown.find("\"scripts\":0"), std::string::npos) << connected.shown;
  EXPECT_NE(connected.shown.find("\"host\":\"127.0.0.1\""), std::string::npos) << connected.shown;
  const auto connection = stage.connection("ada");
  EXPECT_EQ(text(connection, "state"), "ACTIVE");
  EXPECT_EQ(text(connection, "account"), "ada@example.test");
  EXPECT_EQ(stage.seen("grant authorization_code"), 1);
}

TEST_F(Connect, DeniedConsentIsToldToThePersonAndToTheCommand) {
  OAuthStage stage;
  const auto connected = stage.connect("ada", "deny");
  EXPECT_EQ(connected.command.code, 1);
  EXPECT_NE(connected.command.err.find("AUTHORIZATION_DENIED"), std::string::npos) << connected.command.err;
  EXPECT_NE(connected.shown.find("Not connected"), std::string::npos) << connected.shown;
  EXPECT_EQ(stage.seen("grant authorization_code"), 0);
  EXPECT_NE(text(stage.connection("ada"), "state"), "ACTIVE");
}

TEST_F(Connect, AStateThatWasNotStartedHereIsRefusedAndItsCodeIsNotSpent) {
  OAuthStage stage;
  const auto connecting =
      stage.start_cli({"connect", "salesforce", "--name", "ada", "--no-browser", "--timeout", "20s"});
  const std::string url = stage.authorization_url(*connecting);
  ASSERT_FALSE(url.empty()) << connecting->err();
  std::string back = stage.redirect_of(url, "allow");
  const size_t state = back.find("state=");
  ASSERT_NE(state, std::string::npos) << back;
  back[state + 6] = back[state + 6] == 'A' ? 'B' : 'A';
  const Finished answer = testing::run("/usr/bin/curl", {"-sS", back});
  EXPECT_NE(answer.out.find("Not connected"), std::string::npos) << answer.out;
  const Finished refused = connecting->finish();
  EXPECT_NE(refused.code, 0);
  EXPECT_NE(refused.err.find("AUTHORIZATION_UNKNOWN"), std::string::npos) << refused.err;
  EXPECT_EQ(stage.seen("grant authorization_code"), 0);
}

TEST_F(Connect, ThePortIsClosedOnceThePersonHasComeBack) {
  OAuthStage stage;
  const auto connecting =
      stage.start_cli({"connect", "salesforce", "--name", "ada", "--no-browser", "--timeout", "20s"});
  const std::string url = stage.authorization_url(*connecting);
  ASSERT_FALSE(url.empty()) << connecting->err();
  const std::string back = stage.redirect_of(url, "deny");
  const std::string elsewhere = back.substr(0, back.find("/callback")) + "/favicon.ico";
  EXPECT_NE(testing::run("/usr/bin/curl", {"-sS", elsewhere}).out.find("Not found"), std::string::npos);
  EXPECT_NE(testing::run("/usr/bin/curl", {"-sS", "-H", "Host: evil.example", back}).out.find("Not found"),
            std::string::npos)
      << "another host name is not answered";
  testing::run("/usr/bin/curl", {"-sS", back});
  EXPECT_NE(testing::run("/usr/bin/curl", {"-sS", back}).code, 0);
  EXPECT_EQ(connecting->finish().code, 1);
}

TEST_F(Connect, TheTokenIsRefreshedInTheBackgroundAndNoRefreshTokenIsSpentTwice) {
  OAuthStage stage(4);
  stage.start_worker();
  const auto connected = stage.connect("ada", "allow");
  ASSERT_EQ(connected.command.code, 0) << connected.command.err << connected.shown;
  EXPECT_TRUE(eventually([&] { return stage.seen("grant refresh_token") >= 2; }, std::chrono::seconds(20)));
  // Killed and started again it goes on with the newest one.
  stage.worker().signal(SIGKILL);
  stage.worker().finish();
  stage.start_worker();
  const int before = stage.seen("grant refresh_token");
  EXPECT_TRUE(
      eventually([&] { return stage.seen("grant refresh_token") > before; }, std::chrono::seconds(20)));
  EXPECT_EQ(stage.seen("refused refresh_token invalid_grant"), 0);
  EXPECT_EQ(stage.seen("family revoked"), 0);
  const std::string state = text(stage.connection("ada"), "state");
  EXPECT_TRUE(state == "ACTIVE" || state == "REFRESHING") << state;
}

TEST_F(Connect, ATokenThatSomebodyElseSpendsAgainEndsTheConnectionWhichSaysSo) {
  OAuthStage stage(4);
  stage.start_worker();
  ASSERT_EQ(stage.connect("ada", "allow").command.code, 0);
  ASSERT_TRUE(eventually([&] { return stage.seen("grant refresh_token") >= 1; }, std::chrono::seconds(20)));
  // A thief tries all that there ever was; among it a refresh token that is spent.
  const auto secrets = stage.secrets();
  for (const auto& stolen : secrets) {
    testing::run("/usr/bin/curl", {"-sS", stage.issuer() + "/token", "-d", "grant_type=refresh_token", "-d",
                                   "client_id=circuit-test", "-d", "client_secret=" + secrets.front(), "-d",
                                   "refresh_token=" + stolen});
    if (stage.seen("family revoked") > 0) break;
  }
  ASSERT_GT(stage.seen("family revoked"), 0);
  EXPECT_TRUE(eventually([&] { return text(stage.connection("ada"), "state") == "NEEDS_REAUTHORIZATION"; },
                         std::chrono::seconds(15)));
  const auto ended = stage.connection("ada");
  EXPECT_EQ(text(ended.at("stateError"), "reason"), "TOKEN_REFUSED");
  EXPECT_NE(text(ended.at("stateError"), "nextStep"), "");
}

TEST_F(Connect, NothingSecretIsLeftAnywhereAndAfterDisconnectingNotEvenCiphertext) {
  OAuthStage stage(4);
  stage.start_worker();
  const auto connected = stage.connect("ada", "allow");
  ASSERT_EQ(connected.command.code, 0) << connected.command.err << connected.shown;
  ASSERT_TRUE(eventually([&] { return stage.seen("grant refresh_token") >= 1; }, std::chrono::seconds(20)));
  // A key that is given, and one that is tried on the command line.
  const std::string key = "marker-of-a-private-app-token-0123456789";
  std::ofstream(stage.path("forms.token")) << key << "\n";
  Process provider(FEED_SIMULATOR, {"hubspot-forms", "--port", "0", "--forms", "3", "--items", "20",
                                    "--token-file", stage.path("forms.token")});
  const auto provider_address = wait_until_listening(provider);
  ASSERT_TRUE(provider_address) << provider.err();
  const std::string base_url = "base_url=" + *provider_address;
  const Finished refused =
      stage.cli({"connect", "hubspot-forms", "--name", "forms", "--param", base_url, "--token-stdin"},
                "another-token\n");
  EXPECT_EQ(refused.code, 1) << refused.out;
  EXPECT_NE(refused.err.find("HUBSPOT_TOKEN_REFUSED"), std::string::npos) << refused.err;
  const Finished stored = stage.cli(
      {"connect", "hubspot-forms", "--name", "forms", "--param", base_url, "--token-stdin"}, key + "\n");
  EXPECT_EQ(stored.code, 0) << stored.err;
  const Finished synced = stage.cli(
      {"sync", "hubspot-forms", "--connection", "forms", "--sink", "jsonl:" + stage.path("forms.jsonl")});
  EXPECT_EQ(synced.code, 0) << synced.out << synced.err;
  const std::string documents = contents(stage.path("forms.jsonl"));
  EXPECT_EQ(std::count(documents.begin(), documents.end(), '\n'), 60) << synced.out;
  for (const char* command : {"list", "show", "check", "approve-help"}) {
    std::vector<std::string> arguments{"connections", command};
    if (arguments[1] != "list") arguments.push_back("ada");
    arguments.push_back("--json");
    stage.cli(arguments);
  }

  std::vector<std::string> secrets = stage.secrets();
  ASSERT_GE(secrets.size(), 6u) << "client secret, code, verifier, and two tokens of each kind";
  secrets.push_back(key);
  const std::string proc = "/proc/" + std::to_string(stage.worker().pid());
  const std::string shown = contents(proc + "/cmdline") + contents(proc + "/environ") + stage.worker().err();
  for (const std::string& secret : secrets) {
    EXPECT_EQ(shown.find(secret), std::string::npos) << "in the log, the command line or the environment";
    EXPECT_EQ(files_with(stage.path("data"), secret), "");
    EXPECT_EQ(documents.find(secret), std::string::npos) << "in what was delivered";
  }

  stage.stop_worker();
  const auto sealed = sealed_bytes(stage.path("data"));
  ASSERT_GE(sealed.size(), 4u) << "a credential and a data key of each connection";
  for (const auto& bytes : sealed)
    EXPECT_NE(files_with(stage.path("data"), bytes), "") << "looked for wrongly";
  stage.start_worker();
  const Finished gone = stage.cli({"connections", "delete", "ada", "--json"});
  EXPECT_EQ(gone.code, 0) << gone.err;
  EXPECT_NE(gone.out.find("\"REVOKED\""), std::string::npos) << gone.out;
  EXPECT_GE(stage.seen("refresh token destroyed"), 1);
  EXPECT_EQ(stage.cli({"connections", "show", "ada"}).code, 1);
  EXPECT_EQ(stage.cli({"connections", "delete", "forms"}).code, 0);
  stage.stop_worker();
  for (const auto& bytes : sealed) EXPECT_EQ(files_with(stage.path("data"), bytes), "");
  for (const std::string& secret : stage.secrets()) {
    EXPECT_EQ(files_with(stage.path("data"), secret), "");
    EXPECT_EQ(stage.said().find(secret), std::string::npos) << "in what was printed, logged or answered";
  }
  EXPECT_EQ(stage.said().find(key), std::string::npos);
}

TEST_F(Connect, ASecretOnTheCommandLineIsRefusedAndNotRepeated) {
  OAuthStage stage;
  for (const std::vector<std::string>& flags : {std::vector<std::string>{"--token", "marker-typed"},
                                                {"--token=marker-typed"},
                                                {"--secret", "token=marker-typed"}}) {
    std::vector<std::string> arguments{"connect", "hubspot-forms", "--name", "forms"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    const Finished refused = stage.cli(arguments);
    EXPECT_EQ(refused.code, 2);
    EXPECT_NE(refused.err.find("SECRET_ON_COMMAND_LINE"), std::string::npos) << refused.err;
    EXPECT_EQ((refused.out + refused.err).find("marker-typed"), std::string::npos);
  }
}

} // namespace
} // namespace circuit::end_to_end
