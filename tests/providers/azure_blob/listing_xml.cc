#include "tests/providers/azure_blob/listing_xml.h"

#include <algorithm>
#include <cstdio>

#include "tests/providers/http_date.h"

namespace circuit::providers::azure_blob {
namespace {

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string element(const std::string& name, const std::string& value) {
  if (value.empty()) return "<" + name + " />";
  return "<" + name + ">" + escaped(value) + "</" + name + ">";
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20; }

std::string name_element(const std::string& name) {
  if (std::none_of(name.begin(), name.end(), is_control)) return "<Name>" + escaped(name) + "</Name>";
  std::string out = "<Name Encoded=\"true\">";
  for (const char c : name) {
    char escape[8];
    std::snprintf(escape, sizeof escape, "%%%02X", static_cast<unsigned char>(c));
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
    out += plain ? std::string(1, c) : std::string(escape);
  }
  return out + "</Name>";
}

std::string properties(const ListedBlob& entry) {
  const SimBlob& blob = *entry.blob;
  std::string out = "<Properties>" + element("Creation-Time", format_http_date(blob.created)) +
                    element("Last-Modified", format_http_date(blob.modified)) + element("Etag", blob.etag) +
                    element("Content-Length", std::to_string(blob.content.size())) +
                    element("Content-Type", blob.content_type) +
                    element("Content-Encoding", blob.content_encoding) + element("Content-Language", "") +
                    element("Content-MD5", content_md5(blob)) + element("BlobType", "BlockBlob") +
                    element("AccessTier", blob.tier) +
                    element("LeaseStatus", blob.leased ? "locked" : "unlocked") +
                    element("LeaseState", blob.leased ? "leased" : "available");
  if (blob.leased) out += element("LeaseDuration", "infinite");
  if (blob.is_directory) out += element("ResourceType", "directory");
  if (entry.deleted) {
    out += element("DeletedTime", format_http_date(blob.modified)) + element("RemainingRetentionDays", "6");
  }
  return out + "</Properties>";
}

std::string blob_element(const ListedBlob& entry, bool with_metadata, bool with_tags) {
  std::string out = "<Blob>" + name_element(entry.name);
  if (entry.deleted) out += "<Deleted>true</Deleted>";
  if (!entry.snapshot.empty()) out += element("Snapshot", entry.snapshot);
  if (!entry.version_id.empty()) out += element("VersionId", entry.version_id);
  if (!entry.version_id.empty() && entry.current) out += "<IsCurrentVersion>true</IsCurrentVersion>";
  out += properties(entry);
  if (with_metadata && !entry.blob->metadata.empty()) {
    out += "<Metadata>";
    for (const auto& [key, value] : entry.blob->metadata) out += element(key, value);
    out += "</Metadata>";
  }
  if (with_tags && !entry.blob->tags.empty()) {
    out += "<Tags><TagSet>";
    for (const auto& [key, value] : entry.blob->tags)
      out += "<Tag>" + element("Key", key) + element("Value", value) + "</Tag>";
    out += "</TagSet></Tags>";
  }
  return out + "<OrMetadata /></Blob>";
}

constexpr const char* kHead = "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults>";

} // namespace

std::string containers_xml(const std::vector<std::string>& names, const std::string& next_marker) {
  std::string out = std::string(kHead) + "<Containers>";
  for (const auto& name : names) out += "<Container>" + element("Name", name) + "<Properties /></Container>";
  return out + "</Containers>" + element("NextMarker", next_marker) + "</EnumerationResults>";
}

std::string blobs_xml(const std::vector<ListedBlob>& blobs, const std::vector<std::string>& prefixes,
                      const std::string& next_marker, bool with_metadata, bool with_tags) {
  std::string out = std::string(kHead) + "<Blobs>";
  for (const auto& blob : blobs) out += blob_element(blob, with_metadata, with_tags);
  for (const auto& prefix : prefixes) out += "<BlobPrefix>" + name_element(prefix) + "</BlobPrefix>";
  return out + "</Blobs>" + element("NextMarker", next_marker) + "</EnumerationResults>";
}

} // namespace circuit::providers::azure_blob
