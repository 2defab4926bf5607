#include "feeds/azure_blob/normalize.h"

#include <gtest/gtest.h>

#include "feeds/azure_blob/feed.h"

namespace circuit::feeds::azure_blob {
namespace {

Blob report() {
  Blob blob;
  blob.name = "2026/q1/report.txt";
  blob.etag = "0x8D1";
  blob.size = 5;
  blob.content_type = "text/plain";
  blob.created = "Thu, 16 Mar 2017 22:39:48 GMT";
  blob.last_modified = "Thu, 16 Mar 2017 22:40:50 GMT";
  blob.access_tier = "Hot";
  blob.metadata["owner"] = "Ann";
  return blob;
}

TEST(AzureNormalize, ABlobSaysWhereItIsAndWhatIsKnownOfIt) {
  Blob blob = report();
  blob.tags["state"] = "final";
  const auto document = describe("docs", blob, "https://a.blob.core.windows.net/docs/2026/q1/report.txt");
  EXPECT_EQ(document.external_id(), "docs/2026/q1/report.txt");
  EXPECT_EQ(document.title(), "report.txt");
  EXPECT_EQ((std::vector<std::string>{document.path().begin(), document.path().end()}),
            (std::vector<std::string>{"docs", "2026", "q1"}));
  EXPECT_EQ(document.created_at().seconds(), 1'489'703'988);
  EXPECT_EQ(document.updated_at().seconds(), 1'489'704'050);
  EXPECT_EQ(document.metadata().at("azure.meta.owner"), "Ann");
  EXPECT_EQ(document.metadata().at("azure.tag.state"), "final");
  EXPECT_EQ(document.tags(0).term(), "state=final");
  EXPECT_EQ(document.permissions().visibility(), v1::Permissions::UNKNOWN);
}

TEST(AzureNormalize, ALeaseIsSaidAndItsAbsenceIsNot) {
  Blob blob = report();
  blob.lease_state = "available";
  blob.lease_status = "unlocked";
  EXPECT_FALSE(describe("docs", blob, "").metadata().contains("azure.lease_state"));
  blob.lease_state = "leased";
  blob.lease_status = "locked";
  blob.lease_duration = "infinite";
  const auto document = describe("docs", blob, "");
  EXPECT_EQ(document.metadata().at("azure.lease_state"), "leased");
  EXPECT_EQ(document.metadata().at("azure.lease_status"), "locked");
  EXPECT_EQ(document.metadata().at("azure.lease_duration"), "infinite");
  Blob free = report();
  EXPECT_EQ(version(blob), version(free)) << "taking and leaving a lease is no new content";
}

TEST(AzureNormalize, VersionsAndSnapshotsAreDocumentsOfTheirOwn) {
  Blob version = report();
  version.current = false;
  version.version_id = "2026-01-01T00:00:00.0000000Z";
  EXPECT_EQ(external_id("docs", version), "docs@version:2026-01-01T00:00:00.0000000Z/2026/q1/report.txt");
  Blob snapshot = report();
  snapshot.snapshot = "2026-01-02T00:00:00.0000000Z";
  EXPECT_EQ(external_id("docs", snapshot), "docs@snapshot:2026-01-02T00:00:00.0000000Z/2026/q1/report.txt");
}

TEST(AzureNormalize, WhatChangesWithoutAnETagIsPartOfTheVersion) {
  const Blob blob = report();
  Blob tagged = blob;
  tagged.tags["a"] = "b";
  Blob tagged_otherwise = blob;
  tagged_otherwise.tags["a"] = "c";
  Blob archived = blob;
  archived.access_tier = "Archive";
  Blob cool = blob;
  cool.access_tier = "Cool";
  EXPECT_NE(version(blob), version(tagged));
  EXPECT_NE(version(tagged), version(tagged_otherwise));
  EXPECT_NE(version(blob), version(archived));
  EXPECT_EQ(version(blob), version(cool)) << "read as before";
}

TEST(AzureNormalize, WhatStandsForAFolderIsNone) {
  Blob blob = report();
  EXPECT_FALSE(is_directory(blob));
  blob.size = 0;
  EXPECT_FALSE(is_directory(blob));
  blob.metadata["hdi_isfolder"] = "True";
  EXPECT_TRUE(is_directory(blob));
  blob.metadata.clear();
  blob.name = "2026/";
  EXPECT_TRUE(is_directory(blob));
  blob.size = 1;
  EXPECT_FALSE(is_directory(blob));
  blob.resource_type = "directory";
  EXPECT_TRUE(is_directory(blob));
}

TEST(AzureSelection, PrefixesAndGlobsAreListedTogetherAndOnce) {
  struct Row {
    std::vector<std::string> prefixes, include, listed;
  };
  const Row rows[] = {
      {{}, {}, {""}},
      {{"a/", "b/"}, {}, {"a/", "b/"}},
      {{"a/"}, {"a/b/*.txt"}, {"a/b/"}},
      {{"a/b/c"}, {"a/**"}, {"a/b/c"}},
      {{"a/"}, {"b/*"}, {}},
      {{}, {"a/x*", "a/**"}, {"a/"}},
  };
  for (const Row& row : rows) {
    v1::AzureBlobSelection selection;
    for (const auto& prefix : row.prefixes) selection.add_prefixes(prefix);
    for (const auto& glob : row.include) selection.add_include(glob);
    EXPECT_EQ(prefixes_to_list(selection, *globs_of(selection)), row.listed);
  }
}

} // namespace
} // namespace circuit::feeds::azure_blob
