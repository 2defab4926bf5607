#include "feeds/azure_blob/checksum.h"

#include <gtest/gtest.h>

#include "feeds/azure_blob/crc64.h"

namespace circuit::feeds::azure_blob {
namespace {

// What the service answered, as the recorded tests of Azure's SDKs for JavaScript have it, and what the SDK
// for C++ expects.
TEST(AzureCrc64, IsWhatTheServiceAnswers) {
  EXPECT_EQ(crc64_base64("Hello World"), "YeJLfssylmU=");
  EXPECT_EQ(crc64_base64(std::string(512, 'a')), "u661BimQ84c=");
  EXPECT_EQ(crc64_base64(std::string(1024, 'b')), "pK+ypU+jreM=");
  EXPECT_EQ(crc64_base64("Hello Azure!"), "DtjZpL9/o8c=");
  EXPECT_EQ(crc64_base64(""), "AAAAAAAAAAA=");
}

TEST(AzureCrc64, NoticesABitAtEveryPlace) {
  const std::string text = "nineteen characters";
  for (size_t i = 0; i < text.size(); ++i) {
    std::string damaged = text;
    damaged[i] = static_cast<char>(damaged[i] ^ 4);
    EXPECT_NE(crc64_base64(damaged), crc64_base64(text)) << i;
  }
}

TEST(AzureMd5, IsTheSameInPieces) {
  Md5 md5;
  md5.add("Hello ");
  md5.add("World");
  EXPECT_EQ(md5.finish(), "sQqNsWTgdUEFt6mb5y4/5Q==");
  EXPECT_EQ(md5_base64("Hello World"), "sQqNsWTgdUEFt6mb5y4/5Q==");
}

} // namespace
} // namespace circuit::feeds::azure_blob
