#include <gtest/gtest.h>

#include "feeds/azure_blob/client.h"
#include "feeds/azure_blob/names.h"
#include "ingest/text/percent.h"

namespace circuit::feeds::azure_blob {
namespace {

std::string listing(const std::string& blobs, const std::string& marker = "") {
  return "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults><Blobs>" + blobs +
         "</Blobs><NextMarker>" + marker + "</NextMarker></EnumerationResults>";
}

TEST(AzureAnswers, ABlobIsReadAsItIsListed) {
  const auto page = read_blobs(listing(
      "<Blob><Name>a/b &amp; c.txt</Name><VersionId>2026-01-01T00:00:00.0000000Z</VersionId>"
      "<IsCurrentVersion>true</IsCurrentVersion><Properties><Etag>0x8D1</Etag>"
      "<Last-Modified>Thu, 16 Mar 2017 22:39:48 GMT</Last-Modified><Content-Length>5</Content-Length>"
      "<Content-Type>text/plain</Content-Type><Content-MD5>XUFAKrxLKna5cZ2REBfFkg==</Content-MD5>"
      "<AccessTier>Archive</AccessTier><ArchiveStatus>rehydrate-pending-to-hot</ArchiveStatus></Properties>"
      "<Metadata><Owner>Ann</Owner></Metadata>"
      "<Tags><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tags><OrMetadata /></Blob>",
      "2!76!next"));
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->blobs.size(), 1u);
  const Blob& blob = page->blobs[0];
  EXPECT_EQ(blob.name, "a/b & c.txt");
  EXPECT_EQ(blob.etag, "0x8D1");
  EXPECT_EQ(blob.size, 5u);
  EXPECT_TRUE(blob.current);
  EXPECT_EQ(blob.metadata.at("owner"), "Ann");
  EXPECT_EQ(blob.tags.at("k"), "v");
  EXPECT_EQ(blob.archive_status, "rehydrate-pending-to-hot");
  EXPECT_EQ(page->next_marker, "2!76!next");
}

TEST(AzureAnswers, NamesKeepWhatTheyHave) {
  struct Row {
    const char* xml;
    const char* name;
  };
  const Row rows[] = {
      {"<Name> leading and trailing </Name>", " leading and trailing "},
      {"<Name>  </Name>", "  "},
      {"<Name>100%25</Name>", "100%25"},
      {"<Name Encoded=\"true\">a%01b%2Fc%20d</Name>",
       "a\x01"
       "b/c d"},
      {"<Name Encoded=\"false\">a%01b</Name>", "a%01b"},
      {"<Name Encoded=\"true\">%FF</Name>", "%FF"}, // no text once decoded
      {"<Name>\xE2\x82\xAC</Name>", "\xE2\x82\xAC"},
      {"<Name><![CDATA[a<b]]></Name>", "a<b"},
  };
  for (const Row& row : rows) {
    const auto page = read_blobs(listing("<Blob>" + std::string(row.xml) + "<Properties/></Blob>"));
    ASSERT_TRUE(page.ok()) << row.xml;
    ASSERT_EQ(page->blobs.size(), 1u) << row.xml;
    EXPECT_EQ(page->blobs[0].name, row.name);
  }
}

TEST(AzureAnswers, AnETagIsTheSameWithQuotesAndWithout) {
  for (const char* etag : {"0x8D1", "\"0x8D1\"", "W/\"0x8D1\""}) EXPECT_EQ(plain_etag(etag), "0x8D1");
  EXPECT_EQ(plain_etag("\""), "\"");
}

TEST(AzureAnswers, PastAndDeletedBlobsAreTold) {
  const auto page = read_blobs(
      listing("<Blob><Name>a</Name><Deleted>true</Deleted></Blob>"
              "<Blob><Name>a</Name><Snapshot>2026-01-01T00:00:00.0000000Z</Snapshot></Blob>"
              "<Blob><Name>a</Name><VersionId>v1</VersionId></Blob><BlobPrefix><Name>dir/</Name></BlobPrefix>"
              "<Blob><Properties/></Blob>"));
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->blobs.size(), 3u);
  EXPECT_TRUE(page->blobs[0].deleted);
  EXPECT_EQ(page->blobs[1].snapshot, "2026-01-01T00:00:00.0000000Z");
  EXPECT_FALSE(page->blobs[2].current);
  EXPECT_EQ(page->prefixes, std::vector<std::string>{"dir/"});
  EXPECT_EQ(page->malformed, 1u);
  EXPECT_EQ(page->next_marker, "");
}

TEST(AzureAnswers, WhatIsNoListingIsRefused) {
  for (const char* body : {"", "<html/>", "{}", "<EnumerationResults>", "<EnumerationResults/>",
                           "<EnumerationResults><Blobs>", "\xEF\xBB\xBF"}) {
    EXPECT_FALSE(read_blobs(body).ok()) << body;
    EXPECT_FALSE(read_containers(body).ok()) << body;
  }
}

http::Response answer(int status, const char* code, const char* body = "", const char* date = "") {
  http::Response response;
  response.status = status;
  response.body = body;
  if (*code != '\0') response.headers.set("x-ms-error-code", code);
  if (*date != '\0') response.headers.set("Date", date);
  return response;
}

TEST(AzureFailures, EachCodeHasItsClassAndReason) {
  struct Row {
    int status;
    const char* code;
    ErrorClass cls;
    const char* reason;
  };
  const Row rows[] = {
      {401, "NoAuthenticationInformation", ErrorClass::kAuth, "AZURE_KEY_REFUSED"},
      {403, "AuthenticationFailed", ErrorClass::kAuth, "AZURE_KEY_REFUSED"},
      {403, "KeyBasedAuthenticationNotPermitted", ErrorClass::kAuth, "AZURE_SHARED_KEY_DISABLED"},
      {403, "AccountIsDisabled", ErrorClass::kPermission, "AZURE_ACCOUNT_DISABLED"},
      {403, "AuthorizationFailure", ErrorClass::kPermission, "AZURE_FORBIDDEN"},
      {403, "AuthorizationPermissionMismatch", ErrorClass::kPermission, "AZURE_FORBIDDEN"},
      {403, "", ErrorClass::kPermission, "AZURE_FORBIDDEN"},
      {404, "ContainerNotFound", ErrorClass::kNotFound, "AZURE_CONTAINER_NOT_FOUND"},
      // Not the service's own: it says nothing about containers.
      {404, "", ErrorClass::kInvalid, "AZURE_UNEXPECTED_STATUS"},
      {404, "ResourceNotFound", ErrorClass::kInvalid, "AZURE_UNEXPECTED_STATUS"},
      {409, "ContainerDisabled", ErrorClass::kPermission, "AZURE_FORBIDDEN"},
      {404, "BlobNotFound", ErrorClass::kNotFound, "AZURE_BLOB_NOT_FOUND"},
      {409, "ContainerBeingDeleted", ErrorClass::kNotFound, "AZURE_CONTAINER_NOT_FOUND"},
      {409, "BlobArchived", ErrorClass::kInvalid, "AZURE_BLOB_ARCHIVED"},
      {409, "BlobUsesCustomerSpecifiedEncryption", ErrorClass::kInvalid, "AZURE_BLOB_UNREADABLE"},
      {412, "ConditionNotMet", ErrorClass::kConflict, "AZURE_BLOB_CHANGED"},
      {416, "InvalidRange", ErrorClass::kConflict, "AZURE_BLOB_CHANGED"},
      {400, "InvalidQueryParameterValue", ErrorClass::kInvalid, "AZURE_REQUEST_REFUSED"},
      {400, "InvalidHeaderValue", ErrorClass::kInvalid, "AZURE_UNEXPECTED_STATUS"},
      {302, "", ErrorClass::kInvalid, "AZURE_UNEXPECTED_STATUS"},
      {503, "ServerBusy", ErrorClass::kTransient, "AZURE_SERVER_ERROR"},
      {500, "InternalError", ErrorClass::kTransient, "AZURE_SERVER_ERROR"},
  };
  for (const Row& row : rows) {
    const Error error = failure(answer(row.status, row.code), "it", std::nullopt);
    EXPECT_EQ(error.cls, row.cls) << row.status << row.code;
    EXPECT_EQ(error.reason, row.reason) << row.status << row.code;
    EXPECT_FALSE(error.next_step.empty());
  }
}

TEST(AzureFailures, TheCodeIsFoundInTheBodyAndNothingElseOfItIsQuoted) {
  const Error error =
      failure(answer(404, "", "<Error><Code>BlobNotFound</Code><Message>secret</Message></Error>"), "it",
              std::nullopt);
  EXPECT_EQ(error.reason, "AZURE_BLOB_NOT_FOUND");
  EXPECT_EQ(error.to_string().find("secret"), std::string::npos);
  const Error odd = failure(answer(404, "", "<Code>se cret!</Code>"), "it", std::nullopt);
  EXPECT_EQ(odd.to_string().find("cret"), std::string::npos);
}

TEST(AzureFailures, AClockThatIsAheadIsToldByTheDateOfTheAnswer) {
  const char* const there = "Sun, 06 Nov 1994 08:49:37 GMT";
  const SystemTime same(std::chrono::seconds(784'111'777));
  using std::chrono::minutes;
  const auto reason = [&](SystemTime here, const char* body) {
    return failure(answer(403, "AuthenticationFailed", body, there), "it", here).reason;
  };
  EXPECT_EQ(reason(same + minutes(14), ""), "AZURE_KEY_REFUSED");
  EXPECT_EQ(reason(same + minutes(16), ""), "AZURE_CLOCK_WRONG");
  // The sync may have begun long ago: Azure itself has to say so.
  EXPECT_EQ(reason(same - minutes(16), ""), "AZURE_KEY_REFUSED");
  EXPECT_EQ(reason(same - minutes(16), "Request date header too old"), "AZURE_CLOCK_WRONG");
}

TEST(AzureNames, ContainersAndPathsAreAsTheReferenceHasThem) {
  for (const char* good : {"abc", "a-b-c", "$root", "$web", "123"})
    EXPECT_TRUE(is_container_name(good)) << good;
  for (const char* bad : {"ab", "A-b", "a--b", "-ab", "ab-", "a/b", "", "$x", "a.b"})
    EXPECT_FALSE(is_container_name(bad)) << bad;
  EXPECT_EQ(path_of("a b/\xC3\xA4+?#%.txt"), "a%20b/%C3%A4%2B%3F%23%25.txt");
  EXPECT_EQ(text::percent_decoded("a%2fb%zz%4"), "a/b%zz%4");
  for (const char* odd : {"..", "a/../b", "./a", "a/."}) EXPECT_TRUE(has_dot_segment(odd)) << odd;
  for (const char* fine : {"", "a..b", ".a", "a/...", "a//b"}) EXPECT_FALSE(has_dot_segment(fine)) << fine;
}

} // namespace
} // namespace circuit::feeds::azure_blob
