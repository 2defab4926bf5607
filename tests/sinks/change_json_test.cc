#include "sinks/change_json.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <google/protobuf/util/type_resolver_util.h>
#include <gtest/gtest.h>

#include <memory>

#include "sinks/json_string.h"
#include "tests/sinks/random_change.h"

namespace circuit::sinks {
namespace {

using circuit::feeds::v1::Change;

// What MessageToJsonString does, but with the entries of maps in the order of their keys.
std::string reference_json(const Change& change) {
  static const std::unique_ptr<google::protobuf::util::TypeResolver> types(
      google::protobuf::util::NewTypeResolverForDescriptorPool("types",
                                                               Change::descriptor()->file()->pool()));
  std::string binary;
  {
    google::protobuf::io::StringOutputStream stream(&binary);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    EXPECT_TRUE(change.SerializeToCodedStream(&coded));
  }
  std::string json;
  EXPECT_TRUE(google::protobuf::util::BinaryToJsonString(
                  types.get(), "types/" + Change::descriptor()->full_name(), binary, &json)
                  .ok());
  return json;
}

std::string our_json(const Change& change) {
  std::string json;
  EXPECT_TRUE(append_change_json(change, json).ok());
  return json;
}

std::string utf8(uint32_t c) {
  std::string out;
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((c >> shift) & 0x3f)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | c >> 6);
    tail(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | c >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0 | c >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
  return out;
}

TEST(ChangeJson, EqualsTheReferenceByteForByteOverEveryField) {
  SeededRandom random(20240607);
  for (int i = 0; i < 3000; ++i) {
    const Change change = testing::random_change(random);
    ASSERT_EQ(our_json(change), reference_json(change)) << change.DebugString();
  }
}

TEST(ChangeJson, ReadsBackAsTheSameChange) {
  SeededRandom random(7);
  for (int i = 0; i < 500; ++i) {
    const Change change = testing::random_change(random);
    Change back;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(our_json(change), &back).ok());
    ASSERT_TRUE(google::protobuf::util::MessageDifferencer::Equals(change, back)) << change.DebugString();
  }
}

TEST(ChangeJson, EscapesEveryCodePointAsTheReferenceDoes) {
  Change change;
  for (uint32_t first = 0; first < 0x110000; first += 0x100) {
    if (first >= 0xd800 && first < 0xe000) continue;
    std::string text;
    for (uint32_t c = first; c < first + 0x100; ++c) text += utf8(c);
    change.set_feed(text);
    ASSERT_EQ(our_json(change), reference_json(change)) << "from U+" << std::hex << first;
  }
}

TEST(ChangeJson, RefusesTimesThatJsonCannotExpressAndLeavesTheLineAlone) {
  struct Case {
    int64_t seconds;
    int32_t nanos;
  };
  for (const auto& [seconds, nanos] :
       {Case{253402300800, 0}, Case{-62135596801, 0}, Case{0, -1}, Case{0, 1'000'000'000}}) {
    Change change;
    change.set_external_id("absurd");
    change.mutable_document()->mutable_created_at()->set_seconds(seconds);
    change.mutable_document()->mutable_created_at()->set_nanos(nanos);
    std::string line = "before";
    const auto appended = append_change_json(change, line);
    ASSERT_FALSE(appended.ok());
    EXPECT_EQ(appended.error().cls, ErrorClass::kInvalid);
    EXPECT_EQ(appended.error().reason, "TIMESTAMP_OUT_OF_RANGE");
    EXPECT_EQ(line, "before");
  }
}

TEST(JsonString, ReplacesIllFormedUtf8) {
  struct Case {
    std::string text;
    std::string json;
  };
  const std::string bad = "\xef\xbf\xbd";
  const Case cases[] = {
      {"a\xff"
       "b",
       "\"a" + bad + "b\""},
      {"\xe2\x80", "\"" + bad + bad + "\""},                     // cut short
      {"\xed\xa0\x80", "\"" + bad + bad + bad + "\""},           // a surrogate
      {"\xc0\xaf", "\"" + bad + bad + "\""},                     // overlong
      {"\xe0\x80\xaf", "\"" + bad + bad + bad + "\""},           // overlong
      {"\xf4\x90\x80\x80", "\"" + bad + bad + bad + bad + "\""}, // beyond U+10FFFF
      {"", "\"\""},
  };
  for (const auto& [text, json] : cases) {
    std::string out;
    append_json_string(text, out);
    EXPECT_EQ(out, json);
  }
}

} // namespace
} // namespace circuit::sinks
