#include "ingest/sync/content_hash.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <openssl/sha.h>

#include <utility>

namespace circuit::sync {

std::string sha256(std::string_view bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

std::string to_hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

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
