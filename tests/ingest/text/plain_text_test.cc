#include "ingest/text/plain_text.h"

#include <gtest/gtest.h>

namespace circuit::text {
namespace {

struct Row {
  const char* text;
  const char* markdown;
};

TEST(PlainText, ReadsTheSameAsMarkdown) {
  const Row rows[] = {
      {"", ""},
      {"a  b\t c ", "a b c"},
      {"two\nlines", "two  \nlines"},
      {"two\r\nlines\r\n", "two  \nlines"},
      {"one\n\n \nother", "one\n\nother"},
      {"\n\nlater", "later"},
      {"# no heading", "\\# no heading"},
      {"a\n# no heading", "a  \n\\# no heading"},
      {"a\n- no list\n1. nor this\n2) nor that", "a  \n\\- no list  \n1\\. nor this  \n2\\) nor that"},
      {"a\n\n    no code", "a\n\nno code"},
      {"a\n=====", "a  \n\\====="},
      {"<script>", "\\<script>"},
      {"a < b", "a < b"},
      {"&lt; & c", "\\&lt; & c"},
      {"[a](b)", "[a]\\(b)"},
      {"`x` *y* __z__", "\\`x\\` \\*y\\* \\_\\_z\\_\\_"},
      {"snake_case", "snake_case"},
      {"a\x01\x00z", "a"},
      {"\xC3\xA9t\xC3\xA9", "\xC3\xA9t\xC3\xA9"},
  };
  for (const Row& row : rows) {
    std::string out;
    append_plain_text(out, row.text);
    EXPECT_EQ(out, row.markdown) << row.text;
  }
}

TEST(PlainText, NothingBeginsALineThatSomethingStandsBefore) {
  std::string out = "**Label:** ";
  append_plain_text(out, "# a\n# b");
  EXPECT_EQ(out, "**Label:** # a  \n\\# b");
}

TEST(PlainText, OneLineStaysOne) {
  std::string out;
  append_plain_line(out, "# a\n\n- b\r\nc");
  EXPECT_EQ(out, "\\# a - b c");
}

} // namespace
} // namespace circuit::text
