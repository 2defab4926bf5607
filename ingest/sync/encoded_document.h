#pragma once
// A document in its wire form, written once: what is hashed, what is counted and what is sent are the same
// bytes. Two documents are the same when everything but their version is. Pure; any thread.

#include <cstdint>
#include <string>

#include "circuit/feeds/v1/document.pb.h"

namespace circuit::sync {

struct EncodedDocument {
  std::string external_id;
  std::string version; // the provider's, or the printed hash where it has none
  std::string
      content_hash; // SHA-256, 32 bytes, over the canonical form of every field but version and content_hash
  // The wire form of a v1::Change that has the document, complete with version and content_hash, and nothing
  // else. What is appended to it in wire form is merged with it by whoever reads it.
  std::string change;
  uint64_t document_bytes = 0; // of the document within it
};

EncodedDocument encode(circuit::feeds::v1::Document document);

} // namespace circuit::sync
