// Lines: Cache-Control, Age, Expires, Date; then what the document asked for.

#include "feeds/rss/schedule.h"

#include "tests/fuzz/target.h"

void circuit::fuzz::check_input(std::string_view input) {
  Input in(input);
  http::Headers headers;
  for (const char* name : {"Cache-Control", "Age", "Expires", "Date"})
    headers.add(name, std::string(in.line()));
  circuit::feeds::state::v1::RssHints hints;
  hints.set_skip_hours(in.byte() | in.byte() << 8 | in.byte() << 16 | in.byte() << 24);
  hints.set_skip_days(in.byte());
  int64_t interval = 0; // stored, so it may be anything
  for (int i = 0; i < 8; ++i)
    interval = static_cast<int64_t>(static_cast<uint64_t>(interval) << 8 | in.byte());
  hints.set_interval_seconds(interval);

  const SystemTime now{std::chrono::seconds(1'800'000'000)};
  const Duration poll = std::chrono::seconds(1 + in.byte() * 600);
  const SystemTime next = feeds::rss::suggest_next_read(hints, headers, now, poll);
  require(next >= now + poll, "a feed is not read before its interval has passed", input);
  require(next <= now + std::max<Duration>(poll, std::chrono::hours(24)) + std::chrono::hours(24 * 7),
          "a feed is read within a day and what it skips", input);
}
