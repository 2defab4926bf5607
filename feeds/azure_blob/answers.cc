// Azure's XML. Names keep their spaces; those that XML cannot carry come percent-encoded with Encoded="true"
// (List Blobs, version 2021-02-12 and later).

#include <charconv>
#include <pugixml.hpp>

#include "feeds/azure_blob/client.h"
#include "feeds/azure_blob/names.h"
#include "ingest/text/charset.h"
#include "ingest/text/percent.h"

namespace circuit::feeds::azure_blob {
namespace {

Error bad_answer(const char* what) {
  return make_error(ErrorClass::kTransient, "AZURE_BAD_ANSWER",
                    std::string("Azure's answer is no list of ") + what,
                    "Nothing to do: it is tried again. If it stays, check the connection's base_url.");
}

Result<pugi::xml_node> open(pugi::xml_document& document, std::string_view body, const char* what) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (body.starts_with(kMark)) body.remove_prefix(kMark.size());
  // A name may be nothing but spaces.
  const unsigned flags = pugi::parse_default | pugi::parse_ws_pcdata_single;
  if (!document.load_buffer(body.data(), body.size(), flags, pugi::encoding_utf8)) return bad_answer(what);
  const pugi::xml_node root = document.child("EnumerationResults");
  if (!root) return bad_answer(what);
  return root;
}

std::string text_of(pugi::xml_node parent, const char* name) {
  std::string text = parent.child_value(name);
  if (!text::is_valid_utf8(text)) text.clear();
  return text;
}

bool is_true(pugi::xml_node parent, const char* name) {
  return std::string_view(parent.child_value(name)) == "true";
}

// What is not text after decoding stays as it came.
std::string name_of(pugi::xml_node entry) {
  const pugi::xml_node node = entry.child("Name");
  std::string name = text_of(entry, "Name");
  if (!node.attribute("Encoded").as_bool()) return name;
  std::string decoded = text::percent_decoded(name);
  return text::is_valid_utf8(decoded) ? decoded : name;
}

uint64_t number(std::string_view text) {
  uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return text;
}

void read_properties(pugi::xml_node of, Blob& blob) {
  blob.etag = plain_etag(text_of(of, "Etag"));
  blob.last_modified = text_of(of, "Last-Modified");
  blob.created = text_of(of, "Creation-Time");
  blob.size = number(of.child_value("Content-Length"));
  blob.content_type = text_of(of, "Content-Type");
  blob.content_encoding = text_of(of, "Content-Encoding");
  blob.content_language = text_of(of, "Content-Language");
  blob.content_md5 = text_of(of, "Content-MD5");
  blob.blob_type = text_of(of, "BlobType");
  blob.access_tier = text_of(of, "AccessTier");
  blob.archive_status = text_of(of, "ArchiveStatus");
  blob.lease_status = text_of(of, "LeaseStatus");
  blob.lease_state = text_of(of, "LeaseState");
  blob.lease_duration = text_of(of, "LeaseDuration");
  blob.resource_type = text_of(of, "ResourceType");
}

Blob read_blob(pugi::xml_node entry) {
  Blob blob;
  blob.name = name_of(entry);
  blob.snapshot = text_of(entry, "Snapshot");
  blob.version_id = text_of(entry, "VersionId");
  blob.current = blob.version_id.empty() || is_true(entry, "IsCurrentVersion");
  blob.deleted = is_true(entry, "Deleted");
  read_properties(entry.child("Properties"), blob);
  for (const pugi::xml_node one : entry.child("Metadata").children()) {
    if (one.type() != pugi::node_element) continue;
    std::string name = lower(one.name());
    std::string value = one.child_value();
    if (text::is_valid_utf8(name) && text::is_valid_utf8(value))
      blob.metadata[std::move(name)] = std::move(value);
  }
  for (const pugi::xml_node tag : entry.child("Tags").child("TagSet").children("Tag")) {
    std::string key = text_of(tag, "Key");
    if (!key.empty()) blob.tags[std::move(key)] = text_of(tag, "Value");
  }
  return blob;
}

} // namespace

std::string plain_etag(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.starts_with('"') && etag.ends_with('"'))
    etag = etag.substr(1, etag.size() - 2);
  return std::string(etag);
}

Result<BlobsPage> read_blobs(std::string_view body) {
  pugi::xml_document document;
  const auto root = open(document, body, "blobs");
  if (!root) return root.error();
  const pugi::xml_node blobs = root->child("Blobs");
  if (!blobs) return bad_answer("blobs");
  BlobsPage page;
  for (const pugi::xml_node entry : blobs.children()) {
    const std::string_view kind = entry.name();
    if (kind == "BlobPrefix") {
      page.prefixes.push_back(name_of(entry));
      continue;
    }
    if (kind != "Blob") continue;
    Blob blob = read_blob(entry);
    if (blob.name.empty()) {
      ++page.malformed;
    } else {
      page.blobs.push_back(std::move(blob));
    }
  }
  page.next_marker = text_of(*root, "NextMarker");
  return page;
}

Result<ContainersPage> read_containers(std::string_view body) {
  pugi::xml_document document;
  const auto root = open(document, body, "containers");
  if (!root) return root.error();
  const pugi::xml_node containers = root->child("Containers");
  if (!containers) return bad_answer("containers");
  ContainersPage page;
  for (const pugi::xml_node entry : containers.children("Container")) {
    std::string name = text_of(entry, "Name");
    if (is_container_name(name)) page.names.push_back(std::move(name));
  }
  page.next_marker = text_of(*root, "NextMarker");
  return page;
}

} // namespace circuit::feeds::azure_blob
