#include "feeds/azure_blob/normalize.h"

#include "feeds/azure_blob/names.h"
#include "ingest/runtime/digest.h"
#include "ingest/text/dates.h"

namespace circuit::feeds::azure_blob {
namespace {

namespace v1 = circuit::feeds::v1;

void set_time(const std::string& said, google::protobuf::Timestamp* out(v1::Document*),
              v1::Document& document) {
  if (said.empty()) return;
  const auto time = text::parse_http_date(said);
  if (!time) return;
  out(&document)->set_seconds(std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch().count());
}

void put(v1::Document& document, const char* key, const std::string& value) {
  if (!value.empty()) (*document.mutable_metadata())[key] = value;
}

void put_path(v1::Document& document, std::string_view container, std::string_view name) {
  document.add_path(std::string(container));
  while (true) {
    const size_t end = name.find('/');
    if (end == std::string_view::npos) break;
    if (end > 0) document.add_path(std::string(name.substr(0, end)));
    name.remove_prefix(end + 1);
  }
  document.set_title(std::string(name));
}

} // namespace

bool is_archived(const Blob& blob) { return same_word(blob.access_tier, "Archive"); }

bool is_directory(const Blob& blob) {
  if (same_word(blob.resource_type, "directory")) return true;
  if (blob.size > 0) return false;
  const auto marked = blob.metadata.find("hdi_isfolder");
  return blob.name.ends_with('/') || (marked != blob.metadata.end() && same_word(marked->second, "true"));
}

std::string external_id(std::string_view container, const Blob& blob) {
  std::string id(container);
  if (!blob.snapshot.empty()) {
    id += "@snapshot:" + blob.snapshot;
  } else if (!blob.current) {
    id += "@version:" + blob.version_id;
  }
  return id + "/" + blob.name;
}

std::string version(const Blob& blob) {
  std::string version = blob.etag;
  if (is_archived(blob)) version += ";archived";
  if (!blob.tags.empty()) {
    std::string all;
    for (const auto& [key, value] : blob.tags) {
      all += std::to_string(key.size()) + ":" + key + std::to_string(value.size()) + ":" + value;
    }
    constexpr size_t kDigits = 16;
    version += ";tags=" + to_hex(sha256(all)).substr(0, kDigits);
  }
  return version;
}

v1::Document describe(std::string_view container, const Blob& blob, std::string address) {
  v1::Document document;
  document.set_external_id(external_id(container, blob));
  document.set_parent_id(std::string(container));
  put_path(document, container, blob.name);
  if (document.title().empty()) document.set_title(blob.name);
  document.set_canonical_url(std::move(address));
  document.set_version(version(blob));
  document.set_mime_type(blob.content_type);
  document.set_language(blob.content_language);
  // A key is the whole account's; who else may read is not said per blob.
  document.mutable_permissions()->set_visibility(v1::Permissions::UNKNOWN);
  set_time(
      blob.created, [](v1::Document* d) { return d->mutable_created_at(); }, document);
  set_time(
      blob.last_modified, [](v1::Document* d) { return d->mutable_updated_at(); }, document);
  put(document, "azure.container", std::string(container));
  put(document, "azure.blob_type", blob.blob_type);
  put(document, "azure.access_tier", blob.access_tier);
  put(document, "azure.archive_status", blob.archive_status);
  put(document, "azure.content_encoding", blob.content_encoding);
  put(document, "azure.content_md5", blob.content_md5);
  put(document, "azure.snapshot", blob.snapshot);
  if (!blob.lease_state.empty() && blob.lease_state != "available") {
    put(document, "azure.lease_state", blob.lease_state);
    put(document, "azure.lease_status", blob.lease_status);
    put(document, "azure.lease_duration", blob.lease_duration);
  }
  if (!blob.current) put(document, "azure.version_id", blob.version_id);
  put(document, "content.size_bytes", std::to_string(blob.size));
  for (const auto& [key, value] : blob.metadata) put(document, ("azure.meta." + key).c_str(), value);
  for (const auto& [key, value] : blob.tags) {
    auto* tag = document.add_tags();
    tag->set_term(key + "=" + value);
    put(document, ("azure.tag." + key).c_str(), value);
  }
  return document;
}

void put_text(v1::Document& document, text::FileText text) {
  if (!text.mime_type.empty()) document.set_mime_type(std::move(text.mime_type));
  document.set_text_truncated(text.truncated);
  put(document, "content.omitted", std::string(text.omitted));
  document.set_text(std::move(text.text));
}

} // namespace circuit::feeds::azure_blob
