// The real program, run as its users run it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include "tests/ingest/cli/world.h"

namespace circuit::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAreArray;

constexpr const char* kFeed =
    "<rss version='2.0'><channel><title>News</title><link>https://a.example/</link>"
    "<item><guid>g1</guid><title>One</title><link>/1</link><description>&lt;p&gt;Hello &lt;b&gt;you&lt;/b&gt;"
    "&lt;/p&gt;</description><pubDate>Tue, 14 Nov 2023 22:13:20 GMT</pubDate></item>"
    "<item><guid>g2</guid><title>Two</title><link>/2</link></item></channel></rss>";

class Program : public ::testing::Test {
 protected:
  Finished circuit(std::vector<std::string> arguments,
                   const std::map<std::string, std::string>& environment = {},
                   const std::string& input = "") {
    return run(CIRCUIT_FEEDS, arguments, with_home(environment), input);
  }
  std::unique_ptr<Process> start(const std::vector<std::string>& arguments) {
    return std::make_unique<Process>(CIRCUIT_FEEDS, arguments, with_home({}));
  }
  // `sync` of these feeds of the simulator into jsonl:-.
  std::vector<std::string> sync_arguments(const std::vector<std::string>& urls,
                                          const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"sync", "rss"};
    arguments.insert(arguments.end(), urls.begin(), urls.end());
    arguments.insert(arguments.end(), {"--allow-private", "--data-dir", folder_.path("state")});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  // A worker on the folder's state; its address.
  std::string serve(std::unique_ptr<Process>& worker, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"serve",       "--listen",
                                          "127.0.0.1:0", "--allow-private",
                                          "--data-dir",  folder_.path("state"),
                                          "--sink",      "jsonl:" + folder_.path("out.jsonl")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    worker = start(arguments);
    EXPECT_TRUE(worker->wait_for_output("listening on ")) << worker->err();
    EXPECT_TRUE(worker->wait_for_output("\n"));
    const std::string line = lines(worker->out()).front();
    return line.substr(line.rfind(' ') + 1);
  }

  Folder folder_;

 private:
  std::map<std::string, std::string> with_home(std::map<std::string, std::string> environment) {
    environment.emplace("HOME", folder_.path());
    environment.emplace("XDG_STATE_HOME", "");
    environment.emplace("no_proxy", "127.0.0.1");
    return environment;
  }
};

std::vector<std::string> delivered_ids(const std::string& jsonl) {
  std::vector<std::string> ids;
  for (const auto& change : json_lines(jsonl)) {
    if (change.at("kind").as_string() == "UPSERT") ids.emplace_back(change.at("externalId").as_string());
  }
  return ids;
}

TEST_F(Program, TellsItsVersionAndHelps) {
  EXPECT_THAT(circuit({"version"}).out, StartsWith("circuit-feeds "));
  const auto help = circuit({"--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out,
              AllOf(HasSubstr("sync"), HasSubstr("normalize"), HasSubstr("serve"), HasSubstr("doctor")));
}

TEST_F(Program, AnswersWrongUsageWithASuggestionAndCode2) {
  const struct {
    std::vector<std::string> arguments;
    const char* told;
  } cases[] = {
      {{"sync", "rss", "http://a.example/", "--snik", "jsonl:-"}, "Did you mean --sink?"},
      {{"snyc"}, "Did you mean sync?"},
      {{"sync", "https://a.example/feed.xml"}, "Put the provider before the address"},
      {{"sync", "rsss", "https://a.example/feed.xml"}, "Did you mean rss?"},
      {{"sync", "rss"}, "[INVALID SELECTION_MISSING]"},
      {{"sync", "rss", "not a url", "--sink", "jsonl:-"}, "[INVALID"},
      {{"sync", "rss", "ftp://a.example/feed", "--sink", "jsonl:-"}, "[INVALID"},
      {{"sync", "rss", "http://a.example/", "--sink", "sqs:x"}, "[INVALID"},
      {{"sync", "rss", "http://a.example/", "--base-url", "here"}, "[INVALID BASE_URL_MALFORMED]"},
      {{"sync", "rss", "http://a.example/", "--config", "/nonexistent.yaml"}, "[INVALID CONFIG_UNREADABLE]"},
      {{"feeds", "create", "rss", "http://a.example/", "--poll", "15"}, "'15' is no duration"},
      {{"feeds", "create", "rss"}, "[INVALID SELECTION_MISSING]"},
      {{"feeds", "create", "azure-blob", "--container", "docs"}, "No account is given"},
      {{"feeds", "update", "a"}, "[INVALID NOTHING_TO_UPDATE]"},
  };
  for (const auto& [arguments, told] : cases) {
    const auto ended = circuit(arguments);
    EXPECT_EQ(ended.code, 2) << told << "\n" << ended.err;
    EXPECT_THAT(ended.err, HasSubstr(told));
    EXPECT_EQ(ended.out, "") << told;
  }
}

TEST_F(Program, RefusesAConfigurationWithAnUnknownKeyAndNamesItsPlace) {
  const auto file = folder_.write("worker.yaml", "engine:\n  max_runing_syncs: 3\n");
  const auto ended = circuit({"serve", "--config", file});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("worker.yaml:2:3: unknown setting engine.max_runing_syncs. "
                                   "Did you mean engine.max_running_syncs?"));
}

TEST_F(Program, NormalizesAFileIntoDocuments) {
  const auto file = folder_.write("feed.xml", kFeed);
  const auto ended = circuit({"normalize", "rss", file, "--url", "https://a.example/feed.xml"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  const auto documents = json_lines(ended.out);
  ASSERT_EQ(documents.size(), 2u);
  EXPECT_EQ(documents[0].at("externalId").as_string(), "g1");
  EXPECT_EQ(documents[0].at("canonicalUrl").as_string(), "https://a.example/1");
  EXPECT_THAT(std::string(documents[0].at("text").as_string()), HasSubstr("Hello **you**"));
  EXPECT_EQ(documents[0].at("createdAt").as_string(), "2023-11-14T22:13:20Z");
}

TEST_F(Program, NormalizesStandardInputAndShowsTheRawFeed) {
  const auto ended =
      circuit({"normalize", "rss", "-", "--raw", "--content-type", "application/rss+xml"}, {}, kFeed);
  EXPECT_EQ(ended.code, 0) << ended.err;
  const auto raw = json_lines(ended.out);
  ASSERT_EQ(raw.size(), 1u);
  EXPECT_EQ(raw[0].at("version").as_string(), "rss20");
  EXPECT_EQ(raw[0].at("entries").as_array().size(), 2u);
  EXPECT_TRUE(raw[0].contains("feed"));
  EXPECT_TRUE(raw[0].contains("encoding"));
}

TEST_F(Program, SaysWhatIsWrongWithAFileThatIsNoFeed) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "RSS_EMPTY_BODY"},
      {"<!DOCTYPE html><html><body>Hi</body></html>", "RSS_IS_HTML"},
      {std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16), "RSS_BINARY"},
  };
  for (const auto& [body, reason] : cases) {
    const auto ended = circuit({"normalize", "rss", folder_.write("feed", body)});
    EXPECT_EQ(ended.code, 1) << reason;
    EXPECT_THAT(ended.err, AllOf(HasSubstr(reason), HasSubstr("next:")));
    EXPECT_EQ(ended.out, "");
  }
  EXPECT_THAT(circuit({"normalize", "rss", folder_.path("absent")}).err, HasSubstr("FILE_UNREADABLE"));
  EXPECT_EQ(json_lines(circuit({"normalize", "rss", folder_.write("feed", ""), "--json"}).err).size(), 1u);
}

TEST_F(Program, ListsProvidersFromTheCatalog) {
  EXPECT_THAT(circuit({"providers"}).out, AllOf(HasSubstr("rss"), HasSubstr("salesforce")));
  const auto json = json_lines(circuit({"providers", "--json"}).out);
  ASSERT_EQ(json.size(), 16u);
  EXPECT_EQ(json[0].at("name").as_string(), "azure-blob");
  EXPECT_THAT(circuit({"providers", "show", "rss"}).out, HasSubstr("url (required)"));
  EXPECT_THAT(circuit({"providers", "show", "onedrive"}).out,
              AllOf(HasSubstr("Files.Read"), HasSubstr("Grant admin consent"), HasSubstr("AADSTS90094")));
  EXPECT_EQ(json_lines(circuit({"providers", "show", "rss", "--json"}).out).at(0).at("available").as_bool(),
            true);
  EXPECT_THAT(circuit({"providers", "show", "onedrve"}).err, HasSubstr("Did you mean onedrive?"));
  EXPECT_THAT(circuit({"providers", "egress", "--provider", "notion"}).out, HasSubstr("api.notion.com"));
  EXPECT_EQ(circuit({"providers", "document", "--out", folder_.path("pages")}).code, 0);
  EXPECT_THAT(folder_.read("pages/github.md"), HasSubstr("# GitHub"));
}

TEST_F(Program, RefusesFeedsOfProvidersThatAreOnlyDeclared) {
  const auto refused = circuit({"sync", "salesforce", "x", "--json"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("PROVIDER_NOT_PULLED"));
}

TEST_F(Program, PrintsCompletionsThatItsShellCanRead) {
  const auto bash = circuit({"completions", "bash"});
  EXPECT_EQ(bash.code, 0);
  const std::string script =
      bash.out +
      "COMP_WORDS=(circuit-feeds feeds cr); COMP_CWORD=2; _circuit_feeds; echo \"${COMPREPLY[@]}\"\n"
      "COMP_WORDS=(circuit-feeds sync --al); COMP_CWORD=2; _circuit_feeds; echo \"${COMPREPLY[@]}\"\n";
  const auto completed = run("/bin/bash", {"--norc", "-s"}, {}, "");
  EXPECT_EQ(completed.code, 0);
  const auto tried = run("/bin/bash", {"--norc", folder_.write("try.bash", script)});
  EXPECT_EQ(tried.out, "create\n--allow-private\n") << tried.err;
  EXPECT_EQ(circuit({"completions", "zsh"}).code, 0);
  EXPECT_EQ(circuit({"completions", "fish"}).code, 0);
  EXPECT_EQ(circuit({"completions", "tcsh"}).code, 2);
}

TEST_F(Program, DeliversAFeedOnceAndThenOnlyWhatChanged) {
  const Simulator simulator({"--feeds", "3", "--items", "10"});
  const auto first = circuit(sync_arguments(simulator.feeds(), {"--sink", "jsonl:-"}));
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_THAT(delivered_ids(first.out), UnorderedElementsAreArray(simulator.current_documents()));
  EXPECT_THAT(first.err, HasSubstr("3 feeds: 30 delivered, 0 unchanged"));

  const auto second = circuit(sync_arguments(simulator.feeds(), {"--sink", "jsonl:-"}));
  EXPECT_EQ(second.code, 0) << second.err;
  EXPECT_EQ(second.out, "");
  EXPECT_THAT(second.err, HasSubstr("3 requests (3 not modified)"));

  simulator.post("/_control/edit?feed=1");
  const auto third = circuit(sync_arguments(simulator.feeds(), {"--sink", "jsonl:-"}));
  EXPECT_EQ(third.code, 0) << third.err;
  EXPECT_EQ(lines(third.out).size(), 1u) << third.out;
  EXPECT_THAT(third.err, HasSubstr("1 delivered"));

  const auto again = circuit(sync_arguments({simulator.feed(0)}, {"--sink", "jsonl:-", "--resend"}));
  EXPECT_EQ(delivered_ids(again.out).size(), 10u) << again.err;
}

TEST_F(Program, KeepsStateInTheUsersStateFolderWhenNoneIsNamed) {
  const Simulator simulator({"--feeds", "1", "--items", "2"});
  const auto ended = circuit({"sync", "rss", simulator.feed(0), "--allow-private"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(lines(ended.out).size(), 2u) << "without --sink, documents are printed";
  EXPECT_TRUE(std::filesystem::exists(folder_.path(".local/state/circuit-feeds")));
}

TEST_F(Program, PrintsSyncsAsJsonLinesAndKeepsThemApartFromDocuments) {
  const Simulator simulator({"--feeds", "1", "--items", "2"});
  const auto to_file =
      circuit(sync_arguments(simulator.feeds(), {"--json", "--sink", "jsonl:" + folder_.path("out.jsonl")}));
  EXPECT_EQ(to_file.code, 0) << to_file.err;
  EXPECT_EQ(to_file.err, "");
  const auto states = json_lines(to_file.out);
  ASSERT_FALSE(states.empty());
  EXPECT_EQ(states.back().at("state").as_string(), "SUCCEEDED");
  EXPECT_EQ(states.back().at("counts").at("delivered").as_string(), "2");
  EXPECT_EQ(delivered_ids(folder_.read("out.jsonl")).size(), 2u);

  const auto to_stdout = circuit(sync_arguments(simulator.feeds(), {"--json", "--sink", "jsonl:-"}));
  EXPECT_EQ(delivered_ids(to_stdout.out).size(), 2u);
  EXPECT_EQ(json_lines(to_stdout.err).back().at("state").as_string(), "SUCCEEDED");
}

TEST_F(Program, RefusesPrivateAddressesUnlessTheyAreAllowed) {
  const Simulator simulator({"--feeds", "1", "--items", "2"});
  const auto ended = circuit({"sync", "rss", simulator.feed(0), "--sink", "jsonl:-"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("ADDRESS_REFUSED"), HasSubstr("--allow-private")));
  EXPECT_EQ(simulator.requests(), 0);
}

TEST_F(Program, SendsRequestsToTheBaseUrlAndKeepsTheFeedsOwnAddress) {
  const Simulator simulator({"--feeds", "1", "--items", "2"});
  const std::string path = simulator.feed(0).substr(simulator.url("").size());
  const auto ended = circuit(sync_arguments({"http://feeds.example" + path},
                                            {"--sink", "jsonl:-", "--base-url", simulator.url("")}));
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(delivered_ids(ended.out).size(), 2u);
  EXPECT_THAT(ended.err, HasSubstr("http://feeds.example"));
}

TEST_F(Program, FailsWithTheReasonAndTheNextStep) {
  const Simulator simulator({"--feeds", "2", "--items", "2"});
  simulator.post("/_control/state?feed=0&state=missing");
  const auto ended = circuit(sync_arguments(simulator.feeds(), {"--sink", "jsonl:-"}));
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("error: " + simulator.feed(0)), HasSubstr("next:")));
  EXPECT_EQ(delivered_ids(ended.out).size(), 2u) << "the other feed goes on";
}

TEST_F(Program, EndsWith3WhenDocumentsBecameDeadLetters) {
  const Simulator simulator({"--feeds", "1", "--items", "10"});
  const auto receiver = start(
      {"receive", "--listen", "127.0.0.1:0", "--out", folder_.path("received.jsonl"), "--reject-every", "5"});
  ASSERT_TRUE(receiver->wait_for_output("\n")) << receiver->err();
  const std::string line = lines(receiver->out()).front();
  const std::string sink = "grpc:" + line.substr(line.rfind(' ') + 1);
  const auto ended = circuit(sync_arguments(simulator.feeds(), {"--sink", sink}));
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_THAT(ended.err,
              AllOf(HasSubstr("2 dead letters"), HasSubstr("circuit-feeds feeds dead-letters feeds/")));
  EXPECT_EQ(delivered_ids(folder_.read("received.jsonl")).size(), 8u);

  const auto feeds =
      json_lines(circuit({"feeds", "list", "--json", "--data-dir", folder_.path("state")}).out);
  ASSERT_EQ(feeds.size(), 1u);
  const std::string feed(feeds[0].at("name").as_string());
  const auto letters =
      json_lines(circuit({"feeds", "dead-letters", feed, "--json", "--data-dir", folder_.path("state")}).out);
  EXPECT_EQ(letters.size(), 2u);
  receiver->signal(SIGTERM);
  EXPECT_EQ(receiver->finish().code, 143);
}

TEST_F(Program, EndsWith3WhenASourceWasNotReadToItsEnd) {
  const Simulator simulator({"--feeds", "1"});
  const auto ended = circuit(sync_arguments({simulator.url("/odd/cut")}, {"--sink", "jsonl:-"}));
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("not read to its end"));
  EXPECT_EQ(delivered_ids(ended.out).size(), 10u);
}

TEST_F(Program, SaysThatASourceHasEnded) {
  const Simulator simulator({"--feeds", "2", "--items", "2"});
  simulator.post("/_control/state?feed=0&state=gone");
  const auto ended = circuit(sync_arguments(simulator.feeds(), {"--sink", "jsonl:-"}));
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.err, AllOf(HasSubstr("ended: " + simulator.feed(0)), HasSubstr("next:")));
  EXPECT_THAT(ended.err, Not(HasSubstr("ended: " + simulator.feed(1))));
}

TEST_F(Program, StopsAtACheckpointOnSigtermAndARerunCompletes) {
  const Simulator simulator({"--feeds", "40", "--items", "20", "--latency-ms", "500"});
  const std::string out = folder_.path("out.jsonl");
  const auto stopped = start(sync_arguments(simulator.feeds(), {"--sink", "jsonl:" + out}));
  // Let some be done, not all.
  for (int i = 0; i < 400 && simulator.requests() < 10; ++i) ::usleep(10'000);
  stopped->signal(SIGTERM);
  const auto ended = stopped->finish();
  EXPECT_EQ(ended.code, 143) << ended.err;
  const auto before = delivered_ids(folder_.read("out.jsonl"));
  EXPECT_LT(before.size(), 800u);

  const auto rerun = circuit(sync_arguments(simulator.feeds(), {"--sink", "jsonl:" + out}));
  EXPECT_EQ(rerun.code, 0) << rerun.err;
  EXPECT_THAT(delivered_ids(folder_.read("out.jsonl")),
              UnorderedElementsAreArray(simulator.current_documents()));
}

TEST_F(Program, ASecondSignalEndsItAtOnce) {
  const Simulator simulator({"--feeds", "1", "--items", "2", "--latency-ms", "6000"});
  const auto process = start(sync_arguments(simulator.feeds(), {"--sink", "jsonl:-"}));
  ASSERT_TRUE(process->wait_for_error(simulator.feed(0)));
  process->signal(SIGINT);
  ::usleep(300'000);
  const auto began = std::chrono::steady_clock::now();
  process->signal(SIGINT);
  EXPECT_EQ(process->finish().code, 130);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}

TEST_F(Program, UsesColoursOnTerminalsAlone) {
  const Simulator simulator({"--feeds", "1", "--items", "2"});
  const auto ended = circuit(sync_arguments(simulator.feeds(), {"--sink", "jsonl:-"}));
  EXPECT_THAT(ended.err, Not(HasSubstr("\033[")));
  // script(1) gives it a terminal.
  const std::string command = std::string(CIRCUIT_FEEDS) + " sync rss " + simulator.feed(0) +
                              " --allow-private --data-dir " + folder_.path("state2") +
                              " --sink jsonl:" + folder_.path("out.jsonl");
  const std::map<std::string, std::string> terminal = {{"TERM", "xterm"}};
  const auto coloured = run("/usr/bin/script", {"-qec", command, "/dev/null"}, terminal);
  if (coloured.code == 127) GTEST_SKIP() << "no script(1) here";
  EXPECT_THAT(coloured.out, HasSubstr("\033[32m"));
  const auto plain =
      run("/usr/bin/script", {"-qec", command, "/dev/null"}, {{"TERM", "xterm"}, {"NO_COLOR", "1"}});
  EXPECT_THAT(plain.out, Not(HasSubstr("\033[32m")));
}

TEST_F(Program, DrivesAWorkerWithTheSameCommands) {
  const Simulator simulator({"--feeds", "2", "--items", "5"});
  std::unique_ptr<Process> worker;
  const std::string address = serve(worker);
  const std::map<std::string, std::string> through = {{"CIRCUIT_FEEDS_SERVER", address}};

  const auto created = circuit(
      {"feeds", "create", "rss", simulator.feed(0), "--name", "news", "--label", "team=search"}, through);
  EXPECT_EQ(created.code, 0) << created.err;
  const auto synced = circuit({"sync", "feeds/news"}, through);
  EXPECT_EQ(synced.code, 0) << synced.err;
  EXPECT_THAT(synced.err, HasSubstr("1 feed: 5 delivered"));
  EXPECT_EQ(circuit({"sync", "rss", simulator.feed(1), "--server", address}).code, 0);
  EXPECT_EQ(delivered_ids(folder_.read("out.jsonl")).size(), 10u);

  EXPECT_THAT(circuit({"feeds", "list"}, through).out,
              AllOf(HasSubstr("feeds/news"), HasSubstr(simulator.feed(1))));
  EXPECT_THAT(circuit({"feeds", "show", "news"}, through).out, HasSubstr("team=search"));
  EXPECT_THAT(circuit({"syncs", "list", "--feed", "news"}, through).out, HasSubstr("SUCCEEDED"));
  EXPECT_THAT(circuit({"feeds", "update", "news", "--with-history", "--json"}, through).out,
              AllOf(HasSubstr("\"withHistory\":true"), HasSubstr("search")));
  EXPECT_THAT(circuit({"feeds", "update", "news", "--clear", "with-history", "--json"}, through).out,
              Not(HasSubstr("withHistory")));
  EXPECT_THAT(circuit({"feeds", "update", "news", "--prefix", "a/"}, through).err,
              HasSubstr("--prefix says nothing of what rss reads"));
  EXPECT_THAT(circuit({"feeds", "update", "news", "--identity", "link"}, through).err,
              HasSubstr("SELECTION_FIXED"));
  EXPECT_EQ(circuit({"feeds", "show", "absent"}, through).code, 1);
  EXPECT_EQ(circuit({"feeds", "reset", "news"}, through).code, 0);
  EXPECT_THAT(circuit({"syncs", "start", "news"}, through).err, HasSubstr("5 delivered"));
  EXPECT_EQ(circuit({"feeds", "delete", "news"}, through).code, 0);
  EXPECT_THAT(circuit({"doctor"}, through).out,
              HasSubstr("serves, with providers azure-blob github hubspot-forms rss"));

  worker->signal(SIGTERM);
  const auto ended = worker->finish();
  EXPECT_EQ(ended.code, 143) << ended.err;
  EXPECT_THAT(ended.err, AllOf(HasSubstr("message=\"sync ended\""), HasSubstr("feed=feeds/news"),
                               HasSubstr("message=stopped")));
}

TEST_F(Program, AFileThatWasRemovedOnPurposeBeginsAnewWithResend) {
  const Simulator simulator({"--feeds", "2", "--items", "5"});
  const std::string out = folder_.path("out.jsonl");
  const std::vector<std::string> to_file = {"--sink", "jsonl:" + out};
  const std::vector<std::string> again = {"--sink", "jsonl:" + out, "--resend"};
  ASSERT_EQ(circuit(sync_arguments({simulator.feed(0)}, to_file)).code, 0);

  std::filesystem::remove(out);
  const auto refused = circuit(sync_arguments({simulator.feed(0)}, to_file));
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("SINK_FILE_SHORTER"), HasSubstr("--resend")));
  EXPECT_FALSE(std::filesystem::exists(out));

  const auto resent = circuit(sync_arguments({simulator.feed(0)}, again));
  EXPECT_EQ(resent.code, 0) << resent.err;
  EXPECT_EQ(delivered_ids(folder_.read("out.jsonl")).size(), 5u);
  EXPECT_EQ(circuit(sync_arguments({simulator.feed(1)}, to_file)).code, 0);
  EXPECT_THAT(delivered_ids(folder_.read("out.jsonl")),
              UnorderedElementsAreArray(simulator.current_documents()));

  // A part of it may be somebody's last copy.
  std::filesystem::resize_file(out, 10);
  const auto cut = circuit(sync_arguments({simulator.feed(0)}, again));
  EXPECT_THAT(cut.err, AllOf(HasSubstr("SINK_FILE_SHORTER"), HasSubstr("move it away")));
  EXPECT_EQ(std::filesystem::file_size(out), 10u);
  std::filesystem::remove(out);

  const auto shared = circuit(sync_arguments({simulator.feed(0)}, again));
  EXPECT_EQ(shared.code, 1);
  EXPECT_THAT(shared.err, AllOf(HasSubstr("it also held documents of feeds/"), HasSubstr("feeds reset")));
}

TEST_F(Program, AFileThatIsRemovedUnderARunningWorkerIsNoticedAndBeginsAnew) {
  const Simulator simulator({"--feeds", "1", "--items", "5"});
  std::unique_ptr<Process> worker;
  const std::map<std::string, std::string> through = {{"CIRCUIT_FEEDS_SERVER", serve(worker)}};
  ASSERT_EQ(circuit({"feeds", "create", "rss", simulator.feed(0), "--name", "news"}, through).code, 0);
  ASSERT_EQ(circuit({"sync", "feeds/news"}, through).code, 0);

  std::filesystem::remove(folder_.path("out.jsonl"));
  simulator.post("/_control/edit?feed=0");
  const auto refused = circuit({"sync", "feeds/news"}, through);
  EXPECT_EQ(refused.code, 1) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("SINK_FILE_SHORTER"));
  EXPECT_EQ(circuit({"feeds", "reset", "news"}, through).code, 0);
  const auto anew = circuit({"sync", "feeds/news"}, through);
  EXPECT_EQ(anew.code, 0) << anew.err;
  EXPECT_EQ(delivered_ids(folder_.read("out.jsonl")).size(), 5u);

  std::filesystem::remove(folder_.path("out.jsonl"));
  const auto resent = circuit({"sync", "feeds/news", "--resend"}, through);
  EXPECT_EQ(resent.code, 0) << resent.err;
  EXPECT_EQ(delivered_ids(folder_.read("out.jsonl")).size(), 5u);
}

TEST_F(Program, NamesTheWorkerThatHoldsTheDataDirectory) {
  std::unique_ptr<Process> worker;
  const std::string address = serve(worker);
  const auto ended = circuit({"feeds", "list", "--data-dir", folder_.path("state")});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.err, AllOf(HasSubstr(std::to_string(worker->pid())), HasSubstr(address),
                               HasSubstr("--server " + address)));
  EXPECT_THAT(circuit({"doctor", "--data-dir", folder_.path("state")}).out, HasSubstr(address));
}

TEST_F(Program, SaysThatNoWorkerAnswers) {
  const auto ended = circuit({"feeds", "list", "--server", "127.0.0.1:1"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.err, HasSubstr("[TRANSIENT SERVER_UNREACHABLE]"));
}

TEST_F(Program, ServesOnlyWhereItIsSafe) {
  const auto ended = circuit({"serve", "--listen", "0.0.0.0:0", "--data-dir", folder_.path("state")});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("INSECURE_ADDRESS"));
}

TEST_F(Program, DoctorFailsWhenACheckDoes) {
  const auto fine = circuit({"doctor", "--data-dir", folder_.path("state")});
  EXPECT_THAT(fine.out,
              AllOf(HasSubstr("configuration: "), HasSubstr("will be made"), HasSubstr("disk space: ")));
  const auto file = folder_.write("plain", "not a folder");
  const auto broken = circuit({"doctor", "--data-dir", file, "--sink", "grpc:127.0.0.1:1", "--json"});
  EXPECT_EQ(broken.code, 1);
  bool failed = false;
  for (const auto& check : json_lines(broken.out))
    failed = failed || check.at("result").as_string() == "fail";
  EXPECT_TRUE(failed);
}

} // namespace
} // namespace circuit::testing
