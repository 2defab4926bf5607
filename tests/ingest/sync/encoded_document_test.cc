#include "ingest/sync/encoded_document.h"

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "ingest/runtime/digest.h"
#include "ingest/state/records.h"

namespace circuit::sync {
namespace {

namespace v1 = circuit::feeds::v1;
using google::protobuf::util::MessageDifferencer;

v1::Document document_of(const std::string& text) {
  v1::Document document;
  document.set_feed("feeds/news");
  document.set_external_id("item-1");
  document.set_text(text);
  document.add_authors()->set_name("Ada");
  document.mutable_updated_at()->set_seconds(1'700'000'000);
  document.mutable_raw()->set_size_bytes(7); // a field behind version and hash
  for (const char* key : {"b", "a", "c", "e", "d"}) (*document.mutable_metadata())[key] = key;
  return document;
}

v1::Change read(const std::string& wire) {
  v1::Change change;
  EXPECT_TRUE(change.ParseFromString(wire));
  return change;
}

TEST(EncodedDocument, ReadsBackAsTheDocumentWithItsVersionAndHash) {
  for (const size_t length : {0, 1, 100, 127, 128, 20'000, 3'000'000}) {
    v1::Document document = document_of(std::string(length, 'x'));
    document.set_version("v7");
    const auto encoded = encode(document);
    const v1::Change change = read(encoded.change);
    document.set_content_hash(to_hex(encoded.content_hash));
    EXPECT_TRUE(MessageDifferencer::Equals(change.document(), document));
    EXPECT_EQ(encoded.document_bytes, document.ByteSizeLong());
    EXPECT_EQ(encoded.external_id, "item-1");
    EXPECT_EQ(encoded.version, "v7");
  }
}

TEST(EncodedDocument, HasItsHashForAVersionWhereTheProviderHasNone) {
  const auto encoded = encode(document_of("text"));
  EXPECT_EQ(encoded.version, to_hex(encoded.content_hash));
  EXPECT_EQ(read(encoded.change).document().version(), encoded.version);
}

TEST(EncodedDocument, WhatIsAppendedToItIsMergedWithIt) {
  auto encoded = encode(document_of("text"));
  v1::Change head;
  head.set_kind(v1::Change::UPSERT);
  head.set_external_id("item-1");
  head.set_sequence(9);
  head.AppendToString(&encoded.change);
  const v1::Change change = read(encoded.change);
  EXPECT_EQ(change.kind(), v1::Change::UPSERT);
  EXPECT_EQ(change.sequence(), 9);
  EXPECT_EQ(change.document().text(), "text");
}

TEST(EncodedDocument, TheHashIsThatOfTheContentAndNotOfItsVersionNorOfTheOrderOfItsMap) {
  v1::Document document = document_of("text");
  const auto hash = encode(document).content_hash;
  EXPECT_EQ(hash, sha256(state::serialize(document)));
  document.set_version("another");
  document.set_content_hash("left over");
  document.clear_metadata();
  for (const char* key : {"d", "e", "c", "a", "b"}) (*document.mutable_metadata())[key] = key;
  EXPECT_EQ(encode(document).content_hash, hash);
  document.set_title("a");
  EXPECT_NE(encode(document).content_hash, hash);
  document.clear_title();
  document.mutable_raw()->set_size_bytes(8);
  EXPECT_NE(encode(document).content_hash, hash);
}

} // namespace
} // namespace circuit::sync
