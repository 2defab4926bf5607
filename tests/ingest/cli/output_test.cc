#include "ingest/cli/output.h"

#include <gtest/gtest.h>

#include <functional>

#include "ingest/cli/connection_options.h"
#include "ingest/cli/exit_code.h"
#include "ingest/cli/progress.h"
#include "ingest/cli/selection.h"
#include "ingest/state/error_message.h"

namespace circuit::cli {
namespace {

using circuit::feeds::v1::Sync;

TEST(Output, LetsNoControlCharacterReachATerminal) {
  EXPECT_EQ(printable("a\x1b[31mb\r\n\x7f"), "a [31mb   ");
  EXPECT_EQ(printable("\xC2\x9B"
                      "31m"),
            " 31m")
      << "CSI in the C1 range";
  EXPECT_EQ(printable("Grüße 日本"), "Grüße 日本");
}

TEST(Output, PrintsTablesAsWideAsTheyNeedToBe) {
  ::testing::internal::CaptureStdout();
  print_table({{"NAME", "STATE"}, {"größer", "ok"}, {"x", "a\nb"}});
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "NAME    STATE\ngrößer  ok\nx       a b\n");
}

TEST(Output, ShowsNumbersForPeople) {
  EXPECT_EQ(show_count(0), "0");
  EXPECT_EQ(show_count(999), "999");
  EXPECT_EQ(show_count(1234567), "1,234,567");
  EXPECT_EQ(show_count(-1234), "-1,234");
  EXPECT_EQ(show_bytes(512), "512 B");
  EXPECT_EQ(show_bytes(1536), "1.5 KiB");
  EXPECT_EQ(json_string("a\"b\n"), "\"a\\\"b\\n\"");
}

TEST(Output, PrintsErrorsForPeopleAndForPrograms) {
  const auto error = make_error(ErrorClass::kInvalid, "URL_MALFORMED", "no URL", "Give one.");
  ::testing::internal::CaptureStderr();
  print_error(error, false);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "error: no URL [INVALID URL_MALFORMED]\nnext:  Give one.\n");
  ::testing::internal::CaptureStderr();
  print_error(error, true);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "{\"error\":{\"errorClass\":\"INVALID\",\"reason\":\"URL_MALFORMED\",\"message\":\"no URL\","
            "\"nextStep\":\"Give one.\"}}\n");
  EXPECT_EQ(exit_code_of(error), kUsage);
  EXPECT_EQ(exit_code_of(make_error(ErrorClass::kTransient, "X", "", "")), kFailed);
}

TEST(Output, CarriesErrorsThroughMessages) {
  auto error = make_error(ErrorClass::kThrottled, "PROVIDER_THROTTLED", "wait", "Wait.").with("host", "a");
  const Error back = state::from_message(state::to_message(error));
  EXPECT_EQ(back.cls, ErrorClass::kThrottled);
  EXPECT_EQ(back.to_string(), error.to_string());
  EXPECT_EQ(back.metadata, error.metadata);
}

Sync sync_with(Sync::State state, int64_t delivered = 0) {
  Sync sync;
  sync.set_name("syncs/1");
  sync.set_feed("feeds/a");
  sync.set_state(state);
  sync.mutable_counts()->set_delivered(delivered);
  sync.mutable_counts()->set_requests(1);
  return sync;
}

TEST(Progress, IsABlockOnlyOnATerminalThatNothingElseWritesTo) {
  EXPECT_EQ(choose_style(false, true, false), ProgressStyle::kBlock);
  EXPECT_EQ(choose_style(false, true, true), ProgressStyle::kPlain);
  EXPECT_EQ(choose_style(false, false, false), ProgressStyle::kPlain);
  EXPECT_EQ(choose_style(true, true, false), ProgressStyle::kJson);
}

TEST(Progress, DescribesASyncInOneLine) {
  auto done = sync_with(Sync::SUCCEEDED, 1204);
  done.mutable_counts()->set_rejected(1);
  done.mutable_counts()->set_not_modified(3);
  EXPECT_EQ(describe(done),
            "1,204 delivered, 0 unchanged, 0 removed, 1 dead letter; 1 request (3 not modified), 0 B");
  auto failed = sync_with(Sync::FAILED);
  failed.mutable_error()->set_message("it broke");
  EXPECT_EQ(describe(failed), "failed: it broke");
  auto parked = sync_with(Sync::RUNNING);
  parked.mutable_parked_until()->set_seconds(1'700'000'000);
  EXPECT_EQ(describe(parked), "waiting for the provider until 2023-11-14 22:13:20 UTC");
}

TEST(Progress, InAPipeIsOneLinePerChangeOfState) {
  std::FILE* file = std::tmpfile();
  auto progress = make_progress(ProgressStyle::kPlain, file);
  progress->show("a", sync_with(Sync::QUEUED));
  progress->show("a", sync_with(Sync::RUNNING));
  progress->show("a", sync_with(Sync::RUNNING, 5));
  progress->show("a", sync_with(Sync::SUCCEEDED, 9));
  std::rewind(file);
  std::string text(4096, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  EXPECT_EQ(text, "a: started\na: 9 delivered, 0 unchanged, 0 removed, 0 dead letters; 1 request, 0 B\n");
}

TEST(Selections, NameTheProviderFirst) {
  const auto feeds = make_feeds("rss", {"http://a/", "http://b/"}, {"jsonl:-", true, ""});
  ASSERT_TRUE(feeds);
  ASSERT_EQ(feeds->size(), 2u);
  EXPECT_EQ(feeds->at(1).rss().url(), "http://b/");
  EXPECT_TRUE(feeds->at(1).rss().with_history());
  EXPECT_EQ(feeds->at(1).sink(), "jsonl:-");

  const auto url = make_feeds("https://a.example/feed.xml", {}, {});
  ASSERT_FALSE(url);
  EXPECT_EQ(url.error().next_step, "Put the provider before the address: rss https://a.example/feed.xml");
  EXPECT_NE(make_feeds("rsss", {"x"}, {}).error().next_step.find("Did you mean rss?"), std::string::npos);
  EXPECT_EQ(make_feeds("rss", {}, {}).error().reason, "SELECTION_MISSING");
}

TEST(Selections, OfAnAccountAreMadeByFlags) {
  SelectionFlags flags;
  flags.connection = "files";
  flags.content = "raw";
  flags.containers = {"docs"};
  flags.prefixes = {"reports/"};
  const auto blobs = make_feeds("azure-blob", {}, flags);
  ASSERT_TRUE(blobs);
  ASSERT_EQ(blobs->size(), 1u);
  EXPECT_EQ(blobs->at(0).connection(), "connections/files");
  EXPECT_EQ(blobs->at(0).azure_blob().containers(0), "docs");
  EXPECT_EQ(blobs->at(0).azure_blob().prefixes(0), "reports/");
  EXPECT_EQ(blobs->at(0).content(), circuit::feeds::v1::CONTENT_RAW);
  flags.forms = {"f1"};
  EXPECT_EQ(make_feeds("hubspot-forms", {}, flags)->at(0).hubspot_forms().forms(0), "f1");
  flags.repositories = {"octo/tools"};
  EXPECT_EQ(make_feeds("github", {}, flags)->at(0).github().repositories(0), "octo/tools");
  EXPECT_EQ(make_feeds("azure-blob", {"docs"}, flags).error().reason, "SELECTION_UNEXPECTED");
  EXPECT_EQ(make_feeds("azure-blob", {}, {}).error().reason, "SELECTION_MISSING");
}

TEST(Selections, ChangeInWhatIsGivenAndInNothingElse) {
  struct Row {
    std::string provider;
    std::function<void(SelectionFlags&)> give;
    std::vector<std::string> paths;
    std::string error;
  };
  const std::vector<Row> rows = {
      {"azure-blob",
       [](auto& f) {
         f.prefixes = {"a/", "b/"};
       },
       {"azure_blob.prefixes"},
       ""},
      {"azure-blob",
       [](auto& f) {
         f.include = {"*.pdf"};
         f.with_versions = true;
         f.content = "none";
       },
       {"content", "azure_blob.include", "azure_blob.with_versions"},
       ""},
      {"github", [](auto& f) { f.include = {"docs/**"}; }, {"github.include"}, ""},
      {"github",
       [](auto& f) {
         f.kinds = {"issues"};
         f.cleared = {"branch", "with-permissions"};
       },
       {"github.branches", "github.kinds", "github.with_permissions"},
       ""},
      {"hubspot-forms", [](auto& f) { f.cleared = {"form"}; }, {"hubspot_forms.forms"}, ""},
      {"rss", [](auto& f) { f.with_history = true; }, {"rss.with_history"}, ""},
      {"rss", [](auto& f) { f.prefixes = {"a/"}; }, {}, "--prefix says nothing of what rss reads"},
      {"github", [](auto& f) { f.cleared = {"form"}; }, {}, "--form says nothing of what github reads"},
      {"github",
       [](auto& f) {
         f.kinds = {"issues"};
         f.cleared = {"kind"};
       },
       {},
       "--kind is given and cleared"},
  };
  for (const Row& row : rows) {
    SelectionFlags flags;
    EXPECT_FALSE(changes_selection(flags));
    row.give(flags);
    EXPECT_TRUE(changes_selection(flags));
    circuit::feeds::v1::Feed feed;
    google::protobuf::FieldMask mask;
    const auto changed = change_selection(flags, row.provider, feed, mask);
    EXPECT_EQ(changed ? "" : changed.error().message, row.error);
    if (!changed) continue;
    EXPECT_EQ(std::vector<std::string>(mask.paths().begin(), mask.paths().end()), row.paths);
    EXPECT_EQ(feed.azure_blob().prefixes_size(), static_cast<int>(flags.prefixes.size()));
    EXPECT_EQ(feed.github().kinds_size(), static_cast<int>(flags.kinds.size()));
    EXPECT_EQ(feed.azure_blob().with_versions(), flags.with_versions);
  }
}

TEST(Selections, TakeNamesWithAndWithoutTheirCollection) {
  EXPECT_EQ(resource_name("feeds", "a"), "feeds/a");
  EXPECT_EQ(resource_name("feeds", "feeds/a"), "feeds/a");
}

TEST(DataDirectories, FollowTheBaseDirectorySpecification) {
  ::setenv("XDG_STATE_HOME", "/state", 1);
  EXPECT_EQ(*default_data_dir(), "/state/circuit-feeds");
  ::setenv("XDG_STATE_HOME", "relative", 1);
  ::setenv("HOME", "/home/a", 1);
  EXPECT_EQ(*default_data_dir(), "/home/a/.local/state/circuit-feeds");
  ::unsetenv("XDG_STATE_HOME");
  ::unsetenv("HOME");
  EXPECT_EQ(default_data_dir().error().reason, "DATA_DIR_UNKNOWN");
}

TEST(Sinks, AreNamedByAbsolutePaths) {
  EXPECT_EQ(absolute_sink("jsonl:/a/../b"), "jsonl:/b");
  EXPECT_TRUE(absolute_sink("jsonl:b").starts_with("jsonl:/"));
  EXPECT_EQ(absolute_sink("jsonl:-"), "jsonl:-");
  EXPECT_EQ(absolute_sink("grpc:a:1"), "grpc:a:1");
  EXPECT_EQ(absolute_sink(""), "");
}

} // namespace
} // namespace circuit::cli
