#include "feeds/azure_blob/blob_stream.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include "feeds/azure_blob/crc64.h"
#include "ingest/runtime/virtual_loop.h"

namespace circuit::feeds::azure_blob {
namespace {

// Gives every range as the letter of its number, once it is let go on.
class RangesOfLetters final : public sync::Api {
 public:
  Task<Result<http::Response>> fetch(http::Request request) override {
    ++asked;
    const std::string range(request.headers.get("x-ms-range"));
    conditions.push_back(std::string(request.headers.get("If-Match")));
    const uint64_t first = std::stoull(range.substr(6));
    const uint64_t last = std::stoull(range.substr(range.find('-') + 1));
    const uint64_t number = first / kCheckedRangeBytes;
    while (number == held_back) co_await let_go.wait();
    http::Response response;
    response.status = number == changed ? 412 : 206;
    response.headers.set("x-ms-error-code", number == changed ? "ConditionNotMet" : "");
    response.body = std::string(last - first + 1, static_cast<char>('a' + number));
    response.headers.set("x-ms-content-crc64",
                         number == damaged ? "AAAAAAAAAAA=" : crc64_base64(response.body));
    co_return response;
  }

  static constexpr uint64_t kNone = 1000;
  uint64_t held_back = kNone, changed = kNone, damaged = kNone;
  Event let_go;
  size_t asked = 0;
  std::vector<std::string> conditions;
};

class BlobRangesTest : public ::testing::Test {
 protected:
  static constexpr size_t kAtOnce = 4;

  BlobRangesTest() {
    blob_.name = "large.bin";
    blob_.etag = "0x8D1";
    blob_.size = 9 * kCheckedRangeBytes + 5;
    ranges_.emplace(api_, client_, "docs", blob_, kAtOnce);
    ranges_->start(readers_);
    loop_.run_ready();
  }
  ~BlobRangesTest() override {
    readers_.cancel();
    spawn(readers_.join());
    loop_.run_ready();
  }

  void spawn(Task<void> task) {
    boost::asio::co_spawn(loop_.executor(), std::move(task), [](std::exception_ptr) {});
  }
  static Task<void> read_one(http::BodyStream* stream, std::optional<Result<std::string>>* out) {
    out->emplace(co_await stream->read());
  }
  // nullopt: it waits.
  std::optional<Result<std::string>> read(http::BodyStream& stream) {
    std::optional<Result<std::string>> piece;
    spawn(read_one(&stream, &piece));
    loop_.run_ready();
    return piece;
  }
  // Up to its end or its error.
  Result<std::string> read_all() {
    BlobStream stream(*ranges_);
    std::string all;
    for (;;) {
      auto piece = read(stream);
      if (!piece) return std::string("it waits");
      if (!*piece) return std::move(*piece);
      if ((*piece)->empty()) return all;
      all += **piece;
    }
  }

  VirtualLoop loop_;
  RangesOfLetters api_;
  Client client_{"https://a.blob.core.windows.net"};
  Blob blob_;
  TaskGroup readers_{loop_.executor()};
  std::optional<BlobRanges> ranges_;
};

TEST_F(BlobRangesTest, ComeInTheirOrderAndEachHoldsToTheVersion) {
  const auto all = read_all();
  ASSERT_TRUE(all.ok());
  ASSERT_EQ(all->size(), blob_.size);
  for (uint64_t i = 0; i < 9; ++i) EXPECT_EQ((*all)[i * kCheckedRangeBytes], static_cast<char>('a' + i));
  EXPECT_EQ(all->substr(9 * kCheckedRangeBytes), "jjjjj");
  EXPECT_EQ(api_.conditions, std::vector<std::string>(10, "\"0x8D1\""));
}

TEST_F(BlobRangesTest, AreReadAheadAndNoMoreThanThat) {
  EXPECT_EQ(api_.asked, kAtOnce) << "though nobody has read";
  BlobStream stream(*ranges_);
  ASSERT_TRUE(read(stream).has_value());
  EXPECT_EQ(api_.asked, kAtOnce + 1) << "one was taken";
}

TEST_F(BlobRangesTest, ASlowOneDoesNotKeepThoseBehindItFromBeingRead) {
  api_.held_back = 4;
  BlobStream stream(*ranges_);
  std::optional<Result<std::string>> piece;
  for (int i = 0; i < 4 * 16; ++i) ASSERT_TRUE(read(stream).has_value()) << "pieces of 256 KiB";
  spawn(read_one(&stream, &piece));
  loop_.run_ready();
  EXPECT_FALSE(piece.has_value());
  EXPECT_EQ(api_.asked, 8u);
  api_.held_back = RangesOfLetters::kNone;
  api_.let_go.notify_all();
  loop_.run_ready();
  ASSERT_TRUE(piece.has_value() && piece->ok());
  EXPECT_EQ((**piece)[0], 'e');
}

TEST_F(BlobRangesTest, AWriterInBetweenEndsThem) {
  api_.changed = 6;
  EXPECT_EQ(read_all().error().reason, "AZURE_BLOB_CHANGED");
  EXPECT_LT(api_.asked, 10u);
}

TEST_F(BlobRangesTest, ADamagedOneIsNoticedByItsChecksum) {
  api_.damaged = 7;
  EXPECT_EQ(read_all().error().reason, "AZURE_BAD_ANSWER");
}

} // namespace
} // namespace circuit::feeds::azure_blob
