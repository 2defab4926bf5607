#include "feeds/rss/quick_date.h"

#include <gtest/gtest.h>

#include "ingest/text/dates.h"

namespace circuit::feeds::rss::test {
namespace {

TEST(QuickDate, ReadsTheUsualFormsAsTheFullReaderDoes) {
  for (const char* text :
       {"Mon, 02 Nov 2026 10:11:12 GMT", "Mon, 02 Nov 2026 10:11:12 +0000", "Mon, 02 Nov 2026 10:11:12 -0730",
        "2026-11-02T10:11:12Z", "2026-11-02T10:11:12+01:00", "2026-11-02T10:11:12.250Z",
        "2026-11-02T10:11:12.1234567-05:00"}) {
    ASSERT_TRUE(read_quick_date(text)) << text;
    EXPECT_EQ(read_quick_date(text), text::parse_date(text)) << text;
  }
}

TEST(QuickDate, LeavesTheRestToTheFullReader) {
  for (const char* text :
       {"", "Mon, 2 Nov 2026 10:11:12 GMT", "Mon, 02 Nov 26 10:11:12 GMT", "Mon, 02 Nov 2026 10:11:12 EST",
        "2026-11-02", "2026-11-02T25:11:12Z", "2026-02-30T10:11:12Z", "9026-11-02T10:11:12Z",
        "2026-11-02T10:11:12.Z", "2026-11-02T10:11:12+0100x", "Mon, 02 nov 2026 10:11:12 GMT"}) {
    EXPECT_FALSE(read_quick_date(text)) << text;
  }
}

} // namespace
} // namespace circuit::feeds::rss::test
