#include "ingest/cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/cli/exit_code.h"

namespace circuit::cli {
namespace {

using ::testing::HasSubstr;

class CommandLines : public ::testing::Test {
 protected:
  CommandLines() {
    auto root = line_.root();
    auto sync = root.command("sync", "Syncs.");
    sync.arguments("target", targets_, "What.")
        .text("--sink", sink_, "SINK", "Where.")
        .flag("--full", full_, "All.")
        .flag("--resend", resend_, "Again.")
        .duration("--poll", poll_, "How often.")
        .choice("--identity", identity_, {"guid", "link"}, "Which.")
        .exclusive("--full", "--resend")
        .action([] { return 42; });
    auto feeds = root.command("feeds", "Feeds.");
    feeds.command("list", "Lists.").action([] { return 43; });
  }

  int run(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "circuit-feeds");
    ::testing::internal::CaptureStderr();
    ::testing::internal::CaptureStdout();
    const int code = line_.run(static_cast<int>(arguments.size()), arguments.data());
    told_ = ::testing::internal::GetCapturedStderr();
    printed_ = ::testing::internal::GetCapturedStdout();
    return code;
  }

  std::vector<std::string> targets_;
  std::string sink_, identity_;
  bool full_ = false, resend_ = false;
  std::optional<Duration> poll_;
  std::string told_, printed_;
  CommandLine line_{"circuit-feeds", "Test."};
};

TEST_F(CommandLines, RunTheActionOfTheCommand) {
  EXPECT_EQ(run({"sync", "rss", "http://a/", "--sink", "jsonl:-", "--poll", "1h30m", "--identity=link"}), 42);
  EXPECT_THAT(targets_, ::testing::ElementsAre("rss", "http://a/"));
  EXPECT_EQ(sink_, "jsonl:-");
  EXPECT_EQ(poll_, std::chrono::minutes(90));
  EXPECT_EQ(identity_, "link");
}

TEST_F(CommandLines, RunCommandsBelowCommands) { EXPECT_EQ(run({"feeds", "list"}), 43); }

struct Slip {
  std::vector<const char*> arguments;
  const char* told;
};

TEST_F(CommandLines, TellWhatWasProbablyMeant) {
  const Slip slips[] = {
      {{"sync", "rss", "u", "--snik", "x"}, "circuit-feeds sync has no flag --snik. Did you mean --sink?"},
      {{"sync", "rss", "u", "--snik=x"}, "circuit-feeds sync has no flag --snik. Did you mean --sink?"},
      {{"sync", "rss", "u", "--zzzz"}, "circuit-feeds sync has no flag --zzzz."},
      {{"synk", "rss"}, "circuit-feeds has no command synk. Did you mean sync?"},
      {{"feeds", "lsit"}, "circuit-feeds feeds has no command lsit. Did you mean list?"},
      {{"feeds", "list", "more"}, "circuit-feeds feeds list takes no further argument 'more'."},
      {{"feeds"}, "circuit-feeds feeds --help"},
      {{}, "circuit-feeds --help"},
      {{"sync"}, "target is required"},
      {{"sync", "rss", "u", "--full", "--resend"}, "--resend"},
      {{"sync", "rss", "u", "--poll", "15"}, "'15' is no duration"},
      {{"sync", "rss", "u", "--identity", "guide"}, "Did you mean guid?"},
      {{"sync", "rss", "u", "--sink"}, "--sink"},
  };
  for (const auto& slip : slips) {
    EXPECT_EQ(run(slip.arguments), kUsage) << slip.told;
    EXPECT_THAT(told_, HasSubstr(slip.told));
    EXPECT_EQ(printed_, "");
  }
}

TEST_F(CommandLines, PrintHelpWhenAsked) {
  EXPECT_EQ(run({"sync", "--help"}), kDone);
  EXPECT_THAT(printed_, HasSubstr("--sink"));
  EXPECT_EQ(told_, "");
}

TEST_F(CommandLines, KnowTheirShapeForCompletions) {
  const auto shape = line_.shape();
  ASSERT_EQ(shape.commands.size(), 2u);
  EXPECT_EQ(shape.commands[0].name, "sync");
  const auto& flags = shape.commands[0].flags;
  const auto sink =
      std::find_if(flags.begin(), flags.end(), [](const auto& f) { return f.names[0] == "--sink"; });
  ASSERT_NE(sink, flags.end());
  EXPECT_TRUE(sink->takes_value);
  const auto full =
      std::find_if(flags.begin(), flags.end(), [](const auto& f) { return f.names[0] == "--full"; });
  ASSERT_NE(full, flags.end());
  EXPECT_FALSE(full->takes_value);
}

} // namespace
} // namespace circuit::cli
