#include "ingest/sync/content_hash.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <utility>

#include "ingest/runtime/digest.h"

namespace circuit::sync {

std::string content_hash(circuit::feeds::v1::Document& document) {
  std::string version = std::exchange(*document.mutable_version(), {});
  std::string hash = std::exchange(*document.mutable_content_hash(), {});
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    // Maps have no order of their own; a hash needs one.
    coded.SetSerializationDeterministic(true);
    document.SerializeToCodedStream(&coded);
  }
  document.set_version(std::move(version));
  document.set_content_hash(std::move(hash));
  return sha256(bytes);
}

} // namespace circuit::sync
