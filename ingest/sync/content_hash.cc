#include "ingest/sync/content_hash.h"

#include <utility>

#include "ingest/runtime/digest.h"
#include "ingest/state/records.h"

namespace circuit::sync {

std::string content_hash(circuit::feeds::v1::Document& document) {
  std::string version = std::exchange(*document.mutable_version(), {});
  std::string hash = std::exchange(*document.mutable_content_hash(), {});
  // Maps have no order of their own; a hash needs one.
  const std::string bytes = state::serialize(document);
  document.set_version(std::move(version));
  document.set_content_hash(std::move(hash));
  return sha256(bytes);
}

} // namespace circuit::sync
