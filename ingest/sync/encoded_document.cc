#include "ingest/sync/encoded_document.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/wire_format_lite.h>

#include <utility>

#include "ingest/runtime/digest.h"

namespace circuit::sync {

namespace v1 = circuit::feeds::v1;

namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedOutputStream;

constexpr size_t kHashDigits = 64;

uint32_t tag_of(int field) {
  return WireFormatLite::MakeTag(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
}

size_t field_bytes(int field, size_t length) {
  return CodedOutputStream::VarintSize32(tag_of(field)) +
         CodedOutputStream::VarintSize32(static_cast<uint32_t>(length)) + length;
}

void append_prefix(int field, size_t length, std::string& out) {
  uint8_t bytes[10];
  uint8_t* end = CodedOutputStream::WriteTagToArray(tag_of(field), bytes);
  end = CodedOutputStream::WriteVarint32ToArray(static_cast<uint32_t>(length), end);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(end - bytes));
}

void append_field(int field, const std::string& value, std::string& out) {
  append_prefix(field, value.size(), out);
  out += value;
}

// Maps have no order of their own; a hash needs one.
void append_canonical(const v1::Document& document, std::string& out) {
  google::protobuf::io::StringOutputStream stream(&out);
  CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  document.SerializeWithCachedSizes(&coded);
}

} // namespace

EncodedDocument encode(v1::Document document) {
  EncodedDocument encoded;
  encoded.external_id = document.external_id();
  encoded.version = std::exchange(*document.mutable_version(), {});
  document.clear_content_hash();
  const size_t content = document.ByteSizeLong(); // leaves the sizes of all parts in the message
  const size_t version = encoded.version.empty() ? kHashDigits : encoded.version.size();
  encoded.document_bytes = content + field_bytes(v1::Document::kVersionFieldNumber, version) +
                           field_bytes(v1::Document::kContentHashFieldNumber, kHashDigits);

  std::string& change = encoded.change;
  change.reserve(encoded.document_bytes + 160); // and what the sync appends
  append_prefix(v1::Change::kDocumentFieldNumber, encoded.document_bytes, change);
  const size_t begin = change.size();
  append_canonical(document, change);
  encoded.content_hash = sha256(std::string_view(change).substr(begin));
  const std::string printed = to_hex(encoded.content_hash);
  if (encoded.version.empty()) encoded.version = printed;
  append_field(v1::Document::kVersionFieldNumber, encoded.version, change);
  append_field(v1::Document::kContentHashFieldNumber, printed, change);
  return encoded;
}

} // namespace circuit::sync
