#include "ingest/text/file_text.h"

#include <gtest/gtest.h>

#include "ingest/text/charset.h"
#include "ingest/text/lfs_pointer.h"

namespace circuit::text {
namespace {

using namespace std::string_view_literals; // for bytes that hold NULs

struct FileCase {
  std::string_view name, mime_type, bytes;
  std::string_view text, shown_as, omitted;
};

const FileCase kCases[] = {
    {"a.md", "", "# Title\r\n\r\n*as* it is\r\n", "# Title\n\n*as* it is", "text/markdown", ""},
    {"readme", "text/markdown; charset=utf-8", "# T", "# T", "text/markdown", ""},
    {"a.html", "", "<h1>Title</h1><p>a <b>b</b>", "# Title\n\na **b**", "text/html", ""},
    {"page", "", "<!DOCTYPE html><p>hello", "hello", "text/html", ""},
    {"page", "text/html", "<p>hello", "hello", "text/html", ""},
    // Text reads as it is.
    {"a.txt", "", "first\nsecond\n\n\nthird\n", "first  \nsecond\n\nthird", "text/plain", ""},
    {"a.txt", "", "# no heading\n* no list\n1. no number\na *star* and a_b_c\n",
     "\\# no heading  \n\\* no list  \n1\\. no number  \na \\*star\\* and a_b_c", "text/plain", ""},
    {"a.txt", "", "title\n=====\n", "title  \n\\=====", "text/plain", ""},
    {"a.txt", "", "  a little indented", "a little indented", "text/plain", ""},
    {"a.txt", "", "if:\n    x\n", "```text\nif:\n    x\n```", "text/plain", ""},
    {"a.txt", "", "name     value\na        b\n", "```text\nname     value\na        b\n```", "text/plain",
     ""},
    {"", "", "just words", "just words", "text/plain", ""},
    {"a.txt", "", "", "", "text/plain", ""},
    {"a.txt", "", " \n\n ", "", "text/plain", ""},
    // Code.
    {"src/a.py", "", "print('a')\n", "```python\nprint('a')\n```", "text/plain", ""},
    {"a.PY", "", "x", "```python\nx\n```", "text/plain", ""},
    {"a.ts", "video/mp2t", "let x", "```typescript\nlet x\n```", "video/mp2t", ""},
    {"Dockerfile", "", "FROM scratch", "```dockerfile\nFROM scratch\n```", "text/plain", ""},
    {"run", "", "#!/usr/bin/env python3\nx", "```python\n#!/usr/bin/env python3\nx\n```", "text/plain", ""},
    {"a.js", "", "```\nfence\n````", "`````javascript\n```\nfence\n````\n`````", "text/javascript", ""},
    {"a.json", "application/octet-stream", "{\"a\": 1}", "```json\n{\"a\": 1}\n```", "application/json", ""},
    {"x", "application/geo+json", "{}", "```json\n{}\n```", "application/geo+json", ""},
    {"a.yml", "", "a: 1\n", "```yaml\na: 1\n```", "application/yaml", ""},
    {"x", "", "<?xml version='1.0'?><a/>", "```xml\n<?xml version='1.0'?><a/>\n```", "application/xml", ""},
    // Tables.
    {"a.csv", "", "a,b\n1,\"x, y\"\n2,\"say \"\"hi\"\"\"\n",
     "| a | b |\n| --- | --- |\n| 1 | x, y |\n| 2 | say \"hi\" |", "text/csv", ""},
    {"a.csv", "", "a;b\n1,5;2|3\n", "| a | b |\n| --- | --- |\n| 1,5 | 2\\|3 |", "text/csv", ""},
    {"a.tsv", "", "a\tb\n1\t\"two\nlines\"\n", "| a | b |\n| --- | --- |\n| 1 | two lines |",
     "text/tab-separated-values", ""},
    {"a.csv", "", "only\none\ncolumn\n", "```csv\nonly\none\ncolumn\n```", "text/csv", ""},
    // Charsets.
    {"a.txt", "", "\xEF\xBB\xBFna\xC3\xAFve", "na\xC3\xAFve", "text/plain", ""},
    {"a.txt", "", "na\xEFve", "na\xC3\xAFve", "text/plain", ""},
    {"a.txt", "text/plain; charset=iso-8859-2", "\xB1", "\xC4\x85", "text/plain", ""},
    {"a.txt", "", "\xFF\xFEh\0i\0"sv, "hi", "text/plain", ""},
    {"a.csv", "", "\xFE\xFF\0a\0,\0b\0\n\0c\0,\0d"sv, "| a | b |\n| --- | --- |\n| c | d |", "text/csv", ""},
    // No text.
    {"a.png", "", "\x89PNG\r\n\x1A\n\0\0\0\rIHDR"sv, "", "image/png", "binary"},
    {"a.txt", "", "text\0more"sv, "", "text/plain", "binary"},
    {"a", "", "\x01\x02\x03\x04", "", "application/octet-stream", "binary"},
    {"a", "application/octet-stream", "\x80\x81\xFE\xFA\x99", "", "application/octet-stream", "binary"},
    {"a.pdf", "application/pdf", "%PDF-1.4 and so on", "", "application/pdf", "binary"},
    {"a.rtf", "", "{\\rtf1 hello}", "", "application/rtf", "binary"},
    {"a.png", "", "no picture", "no picture", "image/png", ""},
};

TEST(FileText, IsWhatTheBytesTheNameAndTheMediaTypeSay) {
  for (const FileCase& c : kCases) {
    SCOPED_TRACE(std::string(c.name) + " (" + std::string(c.mime_type) +
                 "): " + std::string(c.bytes.substr(0, 40)));
    const FileText text = read_file_text(c.name, c.mime_type, c.bytes, {});
    EXPECT_EQ(text.text, c.text);
    EXPECT_EQ(text.mime_type, c.shown_as);
    EXPECT_EQ(text.omitted, c.omitted);
    EXPECT_FALSE(text.truncated);
  }
}

TEST(FileText, OfAFileThatIsTooLargeIsOmitted) {
  FileTextLimits limits;
  limits.max_input_bytes = 4;
  EXPECT_EQ(read_file_text("a.txt", "", "12345", limits).omitted, kOmittedTooLarge);
  EXPECT_EQ(read_file_text("a.txt", "", "1234", limits).text, "1234");
}

TEST(FileText, IsCutAtItsBoundAndSaysSo) {
  std::string lines;
  for (int i = 0; i < 200; ++i) lines += "line " + std::to_string(i) + ", with words\n";
  for (const std::string_view name : {"a.md", "a.txt", "a.py", "a.csv", "a.html"}) {
    for (const size_t bound : {size_t{1}, size_t{20}, size_t{100}, size_t{1000}}) {
      FileTextLimits limits;
      limits.max_output_bytes = bound;
      const FileText text = read_file_text(name, "", lines, limits);
      EXPECT_LE(text.text.size(), bound) << name;
      EXPECT_TRUE(text.truncated) << name << " " << bound;
    }
  }
  FileTextLimits limits;
  limits.max_output_bytes = 60;
  EXPECT_EQ(read_file_text("a.py", "", lines, limits).text,
            "```python\nline 0, with words\nline 1, with words\n```");
}

TEST(FileText, ALongLineIsCutAndNotLeftOut) {
  FileTextLimits limits;
  limits.max_output_bytes = 3000;
  std::string line;
  while (line.size() < 10'000) line += "w\xC3\xB6rd*";
  for (const std::string_view name : {"a.md", "a.txt", "a.log"}) {
    for (const std::string_view before : {"", "first\n", "first\n\nsecond\n"}) {
      const FileText text = read_file_text(name, "", std::string(before) + line, limits);
      EXPECT_TRUE(text.truncated) << name;
      EXPECT_LE(text.text.size(), 3000u) << name;
      EXPECT_GT(text.text.size(), 2900u) << name << " " << before;
      EXPECT_NE(text.text.find(" ... (cut)"), std::string::npos) << name << " " << before;
      EXPECT_TRUE(is_valid_utf8(text.text)) << name;
    }
  }
  // A short one is rather left out.
  const FileText text =
      read_file_text("a.txt", "", line.substr(0, 2400) + "\n" + line.substr(0, 900), limits);
  EXPECT_EQ(text.text.find("cut"), std::string::npos);
  EXPECT_TRUE(text.truncated);
}

TEST(FileText, OfATableHasSoManyRows) {
  FileTextLimits limits;
  limits.max_table_rows = 2;
  const FileText text = read_file_text("a.csv", "", "a,b\n1,2\n3,4\n", limits);
  EXPECT_EQ(text.text, "| a | b |\n| --- | --- |\n| 1 | 2 |");
  EXPECT_TRUE(text.truncated);
}

TEST(FileText, NeedNotBeFetchedWhereItIsSurelyNone) {
  FileTextLimits limits;
  limits.max_input_bytes = 100;
  EXPECT_EQ(omitted_unread("x/photo.JPG", "", 10, limits), kOmittedBinary);
  EXPECT_EQ(omitted_unread("x", "video/mp4", 10, limits), kOmittedBinary);
  EXPECT_EQ(omitted_unread("a.md", "", 101, limits), kOmittedTooLarge);
  EXPECT_EQ(omitted_unread("a.md", "", 100, limits), "");
  EXPECT_EQ(omitted_unread("x", "application/octet-stream", 10, limits), "");
}

TEST(LfsPointer, IsReadWhereItIsOne) {
  const std::string hash(64, 'a');
  const std::string whole =
      "version https://git-lfs.github.com/spec/v1\noid sha256:" + hash + "\nsize 12345\n";
  const auto pointer = read_lfs_pointer(whole);
  ASSERT_TRUE(pointer.has_value());
  EXPECT_EQ(pointer->sha256, hash);
  EXPECT_EQ(pointer->size_bytes, 12345);
  EXPECT_TRUE(read_lfs_pointer(
      "version https://git-lfs.github.com/spec/v1\next-0-x sha256:1\noid sha256:" + hash + "\nsize 1"));
  for (const std::string& other :
       {std::string(), std::string("version https://git-lfs.github.com/spec/v1\n"), "text " + whole,
        whole + std::string(1024, ' '),
        std::string("version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 1\n"),
        "version https://git-lfs.github.com/spec/v1\noid sha256:" + hash + "\nsize -1\n",
        "version https://git-lfs.github.com/spec/v1\noid sha256:" + hash + "\nsize 1x\n"}) {
    EXPECT_FALSE(read_lfs_pointer(other).has_value()) << other.substr(0, 100);
  }
}

} // namespace
} // namespace circuit::text
