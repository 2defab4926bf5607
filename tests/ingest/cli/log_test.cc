#include "ingest/cli/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

namespace circuit::cli {
namespace {

const SystemTime kTime{std::chrono::milliseconds(1'700'000'000'123)};

std::string read_all(int fd) {
  std::array<char, 4096> buffer;
  const auto size = ::read(fd, buffer.data(), buffer.size());
  return {buffer.data(), size > 0 ? static_cast<size_t>(size) : 0};
}

TEST(LogLines, AreLogfmtWithQuotesWhereTheyAreNeeded) {
  EXPECT_EQ(format_log_line(
                LogFormat::kLogfmt, kTime, LogLevel::kInfo, "sync ended",
                {{"feed", "feeds/a"}, {"error", "said \"no\"\nand left"}, {"empty", ""}, {"url", "a=b"}}),
            "time=2023-11-14T22:13:20.123Z level=info message=\"sync ended\" feed=feeds/a "
            "error=\"said \\\"no\\\"\\nand left\" url=\"a=b\"\n");
}

TEST(LogLines, AreJsonObjects) {
  EXPECT_EQ(
      format_log_line(LogFormat::kJson, kTime, LogLevel::kError, "x", {{"tab", "a\tb"}, {"back", "\\"}}),
      "{\"time\":\"2023-11-14T22:13:20.123Z\",\"level\":\"error\",\"message\":\"x\",\"tab\":\"a\\u0009b\","
      "\"back\":\"\\\\\"}\n");
}

TEST(LogLines, AreCutAtACharacterWhereAValueIsLong) {
  std::string value(1999, 'a');
  value += "\xC3\xA4 and more";
  const auto line = format_log_line(LogFormat::kJson, kTime, LogLevel::kInfo, "x", {{"v", value}});
  EXPECT_NE(line.find(std::string(10, 'a') + "\"}"), std::string::npos) << line.substr(line.size() - 20);
}

TEST(Logs, LeaveOutWhatIsBelowTheirLevel) {
  std::array<int, 2> pipe;
  ASSERT_EQ(::pipe2(pipe.data(), O_NONBLOCK), 0);
  const Log log(log_level("warning"), LogFormat::kLogfmt, pipe[1]);
  log.write(LogLevel::kInfo, "quiet");
  EXPECT_EQ(read_all(pipe[0]), "");
  log.error(LogLevel::kError, "loud", make_error(ErrorClass::kAuth, "EXPIRED", "it ended", "Renew it."));
  const std::string line = read_all(pipe[0]);
  EXPECT_NE(
      line.find("level=error message=loud class=AUTH reason=EXPIRED error=\"it ended\" next=\"Renew it.\"\n"),
      std::string::npos)
      << line;
  ::close(pipe[0]);
  ::close(pipe[1]);
}

} // namespace
} // namespace circuit::cli
