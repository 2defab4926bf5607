// Bad input at the real program: each gets its own reason and a next step, and costs nobody else anything.

#include <gtest/gtest.h>

#include <fstream>

#include "tests/end_to_end/stage.h"

namespace circuit::end_to_end {
namespace {

struct Odd {
  std::string path;   // of the simulator
  std::string reason; // that must be named
};

TEST(BadInput, EachKindOfBadFeedHasAReasonOfItsOwnAndANextStep) {
  Stage stage;
  stage.start_simulator({"--feeds", "1"});
  const std::vector<Odd> cases = {
      {"/odd/empty", "RSS_EMPTY_BODY"},
      {"/odd/html", "RSS_PAGE_WITHOUT_FEED"},
      {"/odd/binary", "RSS_BINARY"},
      {"/odd/huge?bytes=1073741824", "BODY_TOO_LARGE"},
      {"/odd/nested?depth=100000", "RSS_TOO_DEEP"},
      {"/odd/gzip-bomb?bytes=268435456", "BODY_TOO_LARGE"},
      {"/odd/not-gzip", "BAD_ENCODING"},
      {"/odd/loop", "REDIRECT_LOOP"},
      {"/no/such/feed.xml", "RSS_NOT_FOUND"},
  };
  for (const Odd& odd : cases) {
    SCOPED_TRACE(odd.path);
    const Finished done =
        stage.cli({"sync", "rss", stage.simulator() + odd.path, "--data-dir", stage.path("d"),
                   "--allow-private", "--sink", "jsonl:" + stage.path("out.jsonl"), "--json"});
    EXPECT_EQ(done.code, 1);
    EXPECT_NE((done.out + done.err).find(odd.reason), std::string::npos) << done.out << done.err;
    EXPECT_NE((done.out + done.err).find("nextStep"), std::string::npos);
  }
  // And the good one beside them goes on.
  const Finished good = stage.cli({"sync", "rss", stage.urls()[0], "--data-dir", stage.path("d"),
                                   "--allow-private", "--sink", "jsonl:" + stage.path("out.jsonl")});
  EXPECT_EQ(good.code, 0) << good.err;
  EXPECT_GT(fold(stage.path("out.jsonl")).lines, 0);
}

TEST(BadInput, AnEntityBombIsInert) {
  Stage stage;
  stage.start_simulator({"--feeds", "1"});
  const Finished done = stage.cli({"sync", "rss", stage.simulator() + "/odd/entity-bomb", "--data-dir",
                                   stage.path("d"), "--allow-private", "--sink", "jsonl:-"});
  EXPECT_LT(done.out.size(), 100'000u);
}

TEST(BadInput, PrivateAddressesAreRefusedDirectlyAndThroughRedirects) {
  Stage stage;
  stage.start_simulator({"--feeds", "1"});
  const auto sync = [&](const std::string& url, bool allow) {
    std::vector<std::string> arguments{"sync",          "rss",    url,      "--data-dir",
                                       stage.path("d"), "--sink", "jsonl:-"};
    if (allow) arguments.push_back("--allow-private");
    return stage.cli(arguments);
  };
  const Finished direct = sync(stage.urls()[0], false);
  EXPECT_EQ(direct.code, 1);
  EXPECT_NE(direct.err.find("--allow-private"), std::string::npos) << direct.err;
  // Allowed to go to loopback, which then leads elsewhere: also allowed, but there is nobody.
  for (const char* url : {"http://[::1]:1/", "http://127.1:1/", "http://169.254.169.254/latest/meta-data/"}) {
    const Finished done = sync(url, false);
    EXPECT_EQ(done.code, 1) << url;
    EXPECT_NE((done.out + done.err).find("ADDRESS_REFUSED"), std::string::npos) << url << done.err;
  }
}

TEST(BadInput, MalformedAddressesAndSinksAreUsageErrorsThatSayWhatToWrite) {
  Stage stage;
  const std::vector<std::vector<std::string>> cases = {
      {"sync", "rss", "not a url"},
      {"sync", "rss", "ftp://example.org/feed.xml"},
      {"sync", "rss", "https://user:secret@example.org/feed.xml"},
      {"sync", "rss", "https://example.org/", "--sink", "pigeon:home"},
      {"sync", "fax", "https://example.org/"},
      {"sync", "rss", "https://example.org/", "--no-such-flag"},
  };
  for (auto arguments : cases) {
    arguments.insert(arguments.end(), {"--data-dir", stage.path("d")});
    const Finished done = stage.cli(arguments);
    EXPECT_EQ(done.code, 2) << arguments[2] << done.err;
    EXPECT_EQ(done.err.find("secret"), std::string::npos) << "a password was printed";
  }
}

TEST(BadInput, ADataDirectoryThatAWorkerHoldsIsNamedWithItsAddress) {
  Stage stage;
  stage.start_simulator({"--feeds", "1"});
  const std::string worker = stage.start_worker({"--sink", "jsonl:" + stage.path("out.jsonl")});
  const Finished done =
      stage.cli({"sync", "rss", stage.urls()[0], "--data-dir", stage.path("data"), "--allow-private"});
  EXPECT_EQ(done.code, 1);
  EXPECT_NE(done.err.find(worker), std::string::npos) << done.err;
}

TEST(BadInput, ACorruptDataDirectoryIsRefusedAndLeftAsItIs) {
  Stage stage;
  stage.start_simulator({"--feeds", "1"});
  const auto sync = [&] {
    return stage.cli({"sync", "rss", stage.urls()[0], "--data-dir", stage.path("d"), "--allow-private",
                      "--sink", "jsonl:" + stage.path("out.jsonl")});
  };
  ASSERT_EQ(sync().code, 0);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(stage.path("d"))) {
    if (!entry.path().filename().string().starts_with("MANIFEST-")) continue;
    std::filesystem::resize_file(entry.path(), 10);
  }
  const Finished done = sync();
  EXPECT_EQ(done.code, 1);
  EXPECT_NE(done.err.find("STORE_CORRUPT"), std::string::npos) << done.err;
}

} // namespace
} // namespace circuit::end_to_end
