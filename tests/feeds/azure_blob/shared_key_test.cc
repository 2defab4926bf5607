// The examples of "Authorize with Shared Key" and "Call REST API operations with Shared Key authorization"
// (learn.microsoft.com), and what they leave out.

#include "feeds/azure_blob/shared_key.h"

#include <gtest/gtest.h>

#include "feeds/azure_blob/signer.h"
#include "tests/providers/azure_blob/signature_check.h"

namespace circuit::feeds::azure_blob {
namespace {

constexpr std::string_view kKey = "c2VjcmV0";

TEST(SharedKey, CanonicalizedResourcesAreAsPublished) {
  struct Row {
    const char* account;
    const char* url;
    const char* resource;
  };
  const Row rows[] = {
      {"myaccount", "http://myaccount.blob.core.windows.net/mycontainer?restype=container&comp=metadata",
       "/myaccount/mycontainer\ncomp:metadata\nrestype:container"},
      {"myaccount",
       "http://myaccount.blob.core.windows.net/"
       "mycontainer?restype=container&comp=list&include=snapshots&include="
       "metadata&include=uncommittedblobs",
       "/myaccount/mycontainer\ncomp:list\ninclude:metadata,snapshots,uncommittedblobs\nrestype:container"},
      {"myaccount", "https://myaccount-secondary.blob.core.windows.net/mycontainer/myblob",
       "/myaccount/mycontainer/myblob"},
      {"contosorest", "http://contosorest.blob.core.windows.net/?comp=list", "/contosorest/\ncomp:list"},
      {"contosorest", "http://contosorest.blob.core.windows.net/container-1?restype=container&comp=list",
       "/contosorest/container-1\ncomp:list\nrestype:container"},
      // Beyond the examples: the path as encoded, the values decoded, an emulator, no path at all.
      {"a", "https://a.blob.core.windows.net/c/x%20y%2Fz.txt?versionid=2026-01-01T00%3A00%3A00Z",
       "/a/c/x%20y%2Fz.txt\nversionid:2026-01-01T00:00:00Z"},
      {"devstoreaccount1", "http://127.0.0.1:10000/devstoreaccount1/c?Comp=list&marker=a%2Bb%3D",
       "/devstoreaccount1/devstoreaccount1/c\ncomp:list\nmarker:a+b="},
      {"a", "https://a.blob.core.windows.net?comp=list", "/a/\ncomp:list"},
      {"a", "https://a.blob.core.windows.net/c?prefix=&comp=list", "/a/c\ncomp:list\nprefix:"},
  };
  for (const Row& row : rows)
    EXPECT_EQ(canonicalized_resource(row.account, row.url), row.resource) << row.url;
}

TEST(SharedKey, StringsToSignAreAsPublished) {
  struct Row {
    const char* account;
    const char* url;
    const char* date;
    const char* version;
    const char* text;
  };
  const Row rows[] = {
      {"myaccount",
       "http://myaccount.blob.core.windows.net/mycontainer?restype=container&comp=metadata&timeout=20",
       "Fri, 26 Jun 2015 23:39:12 GMT", "2015-02-21",
       "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2015-02-21\n"
       "/myaccount/mycontainer\ncomp:metadata\nrestype:container\ntimeout:20"},
      {"contosorest", "http://contosorest.blob.core.windows.net/?comp=list", "Fri, 17 Nov 2017 01:07:37 GMT",
       "2017-07-29",
       "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 17 Nov 2017 01:07:37 GMT\nx-ms-version:2017-07-29\n"
       "/contosorest/\ncomp:list"},
      {"contosorest", "http://contosorest.blob.core.windows.net/container-1?restype=container&comp=list",
       "Fri, 17 Nov 2017 05:16:48 GMT", "2017-07-29",
       "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 17 Nov 2017 05:16:48 GMT\nx-ms-version:2017-07-29\n"
       "/contosorest/container-1\ncomp:list\nrestype:container"},
  };
  for (const Row& row : rows) {
    http::Request request;
    request.url = row.url;
    request.headers.set("x-ms-date", row.date);
    request.headers.set("x-ms-version", row.version);
    request.headers.set("Accept", "whatever is not signed");
    EXPECT_EQ(string_to_sign(request, row.account), row.text);
  }
}

TEST(SharedKey, EveryStandardFieldHasItsLine) {
  http::Request request;
  request.method = "PUT";
  request.url = "https://a.blob.core.windows.net/c/b";
  request.body = "hello world";
  request.headers.set("content-encoding", "gzip");
  request.headers.set("Content-Language", "de");
  request.headers.set("Content-MD5", "md5");
  request.headers.set("Content-Type", "text/plain; charset=UTF-8");
  request.headers.set("Date", "not with x-ms-date");
  request.headers.set("If-Modified-Since", "since");
  request.headers.set("If-Match", "\"match\"");
  request.headers.set("If-None-Match", "*");
  request.headers.set("If-Unmodified-Since", "until");
  request.headers.set("Range", "bytes=0-1");
  request.headers.set("X-MS-Date", " now ");
  request.headers.set("x-ms-blob-type", "BlockBlob");
  EXPECT_EQ(string_to_sign(request, "a"),
            "PUT\ngzip\nde\n11\nmd5\ntext/plain; charset=UTF-8\n\nsince\n\"match\"\n*\nuntil\nbytes=0-1\n"
            "x-ms-blob-type:BlockBlob\nx-ms-date:now\n/a/c/b");
}

TEST(SharedKey, TheSignatureIsAnHmacUnderTheDecodedKey) {
  // HMAC-SHA256 with the key "Jefe" of RFC 4231, test case 2.
  const auto signed_text = signature("what do ya want for nothing?", "SmVmZQ==");
  ASSERT_TRUE(signed_text.ok());
  EXPECT_EQ(*signed_text, "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
  for (const char* bad : {"", "not base64!", "abc", "AccountKey=c2VjcmV0;"}) {
    const auto refused = signature("x", bad);
    ASSERT_FALSE(refused.ok()) << bad;
    EXPECT_EQ(refused.error().reason, "AZURE_KEY_MALFORMED");
  }
}

TEST(SharedKey, DatesAreWrittenAsHttpHasThem) {
  EXPECT_EQ(http_date(SystemTime(std::chrono::seconds(784'111'777))), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(SystemTime(std::chrono::seconds(1'435'361'952))), "Fri, 26 Jun 2015 23:39:12 GMT");
}

TEST(SharedKey, ASasGoesBehindTheQueryAndSignsNothing) {
  http::Request request;
  request.url = "https://a.blob.core.windows.net/c?comp=list";
  ASSERT_TRUE(append_sas(request, "?sv=2022-11-02&sp=rl&sig=a%2Bb", SystemTime{}).ok());
  EXPECT_EQ(request.url, "https://a.blob.core.windows.net/c?comp=list&sv=2022-11-02&sp=rl&sig=a%2Bb");
  EXPECT_FALSE(request.headers.has("Authorization"));
  request.url = "https://a.blob.core.windows.net/c/b";
  ASSERT_TRUE(append_sas(request, "sv=1&sig=2", SystemTime{}).ok());
  EXPECT_EQ(request.url, "https://a.blob.core.windows.net/c/b?sv=1&sig=2");
  for (const char* bad : {"", "sv=1", "https://a.blob.core.windows.net/?sv=1&sig=2", "sv=1&sig=a b"})
    EXPECT_FALSE(append_sas(request, bad, SystemTime{}).ok()) << bad;
}

TEST(Signer, TheSecondKeyIsUsedWhenItIsAskedForAndThatIsNotSent) {
  v1::Connection connection;
  connection.set_method("shared-key");
  (*connection.mutable_parameters())["account"] = "a";
  credentials::Credential credential;
  credential.secrets.emplace("key", credentials::Secret(kKey));
  http::Request request;
  request.url = "https://a.blob.core.windows.net/";
  request.headers.set(kSecondKeyHeader, "1");
  EXPECT_EQ(authorize(request, connection, credential, SystemTime{}).error().reason, "AZURE_SECRET_MISSING");
  credential.secrets.emplace("secondary_key", credentials::Secret("b3RoZXI="));
  http::Request first = request;
  request.headers.set(kSecondKeyHeader, "1");
  ASSERT_TRUE(authorize(request, connection, credential, SystemTime{}).ok());
  ASSERT_TRUE(authorize(first, connection, credential, SystemTime{}).ok());
  EXPECT_FALSE(request.headers.has(kSecondKeyHeader));
  EXPECT_NE(request.headers.get("Authorization"), first.headers.get("Authorization"));
}

TEST(Signer, AnotherImplementationAgrees) {
  v1::Connection connection;
  (*connection.mutable_parameters())["account"] = "acc0unt";
  credentials::Credential credential;
  credential.secrets.emplace("key", credentials::Secret(kKey));
  const char* const targets[] = {"/", "/c?restype=container&comp=list&prefix=%C3%A4%20b&marker=a%2Fb",
                                 "/c/x%20y/%E2%82%AC.txt?snapshot=2026-01-01T00%3A00%3A00.0000000Z"};
  for (const char* target : targets) {
    http::Request request;
    request.url = std::string("https://acc0unt.blob.core.windows.net") + target;
    request.headers.set("If-Match", "\"0x8D\"");
    request.headers.set("x-ms-range", "bytes=0-99");
    request.headers.set("x-ms-range-get-content-md5", "true");
    ASSERT_TRUE(authorize(request, connection, credential, SystemTime{}).ok());
    providers::SimRequest arrived;
    arrived.target = target;
    arrived.fields = request.headers.fields();
    EXPECT_EQ(request.headers.get("Authorization"),
              providers::azure_blob::expected_authorization(
                  arrived, "acc0unt", providers::azure_blob::decode_base64(std::string(kKey))));
  }
}

} // namespace
} // namespace circuit::feeds::azure_blob
