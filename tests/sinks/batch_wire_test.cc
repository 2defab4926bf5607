#include "sinks/batch_wire.h"

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "circuit/feeds/v1/sink.pb.h"
#include "tests/sinks/random_change.h"
#include "tests/sinks/sink_fixture.h"

namespace circuit::sinks {
namespace {

namespace v1 = circuit::feeds::v1;
using testing::batch_of;
using testing::upsert;

std::string bytes_of(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  EXPECT_TRUE(buffer.DumpToSingleSlice(&slice).ok());
  return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

v1::DeliverRequest decode(const grpc::ByteBuffer& buffer) {
  v1::DeliverRequest request;
  EXPECT_TRUE(request.ParseFromString(bytes_of(buffer)));
  return request;
}

TEST(BatchWire, ReadsBackAsTheRequestThatProtobufWouldHaveWritten) {
  SeededRandom random(3);
  for (const int64_t batch_id : {int64_t{1}, int64_t{127}, int64_t{128}, int64_t{1} << 40}) {
    std::vector<v1::Change> changes;
    for (int i = 0; i < 20; ++i) changes.push_back(testing::random_change(random));
    const auto batch = batch_of(changes);
    const auto plan = plan_batch(*batch, "feeds/a", 4 << 20);
    ASSERT_EQ(plan.parts.size(), 1U);
    const auto request = decode(encode_part(*batch, plan.parts[0], "feeds/a", batch_id));
    v1::DeliverRequest expected;
    expected.mutable_batch()->set_batch_id(batch_id);
    expected.mutable_batch()->set_feed("feeds/a");
    for (const auto& change : changes) *expected.mutable_batch()->add_changes() = change;
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(request, expected));
    EXPECT_GE(plan.parts[0].bytes, expected.batch().ByteSizeLong());
    EXPECT_LT(plan.parts[0].bytes, expected.batch().ByteSizeLong() + 11);
  }
}

TEST(BatchWire, SplitsABatchThatIsLargerThanAMessageAndRejectsAChangeThatIs) {
  constexpr size_t kMax = 1000;
  const auto batch =
      batch_of({upsert("a", "0", 1, std::string(600, 'x')), upsert("a", "1", 2, std::string(600, 'x')),
                upsert("a", "2", 3, std::string(2000, 'x')), upsert("a", "3", 4), upsert("a", "4", 5)});
  const auto plan = plan_batch(*batch, "feeds/a", kMax);
  ASSERT_EQ(plan.too_large.size(), 1U);
  EXPECT_EQ(plan.too_large[0].index, 2U);
  EXPECT_EQ(plan.too_large[0].error.reason, "MESSAGE_TOO_LARGE");
  std::vector<std::string> ids;
  for (const auto& part : plan.parts) {
    const auto encoded = encode_part(*batch, part, "feeds/a", int64_t{1} << 62);
    EXPECT_LE(encoded.Length(), kMax);
    const auto request = decode(encoded);
    for (const auto& change : request.batch().changes()) ids.push_back(change.external_id());
  }
  EXPECT_EQ(ids, (std::vector<std::string>{"0", "1", "3", "4"}));
  EXPECT_EQ(plan.parts.size(), 3U);
}

TEST(BatchWire, AnEmptyBatchHasNoParts) {
  EXPECT_TRUE(plan_batch(*batch_of({}), "feeds/a", 1000).parts.empty());
}

TEST(BatchWire, SaysHello) { EXPECT_EQ(decode(encode_hello("me")).hello().worker(), "me"); }

} // namespace
} // namespace circuit::sinks
