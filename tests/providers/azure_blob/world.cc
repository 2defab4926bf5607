#include "tests/providers/azure_blob/world.h"

#include <algorithm>
#include <cstdio>

#include "tests/providers/azure_blob/signature_check.h"

namespace circuit::providers::azure_blob {

std::string content_md5(const SimBlob& blob) {
  return blob.content_md5.empty() ? md5_base64(blob.content) : blob.content_md5;
}

std::string served_name(size_t number) {
  char out[40];
  std::snprintf(out, sizeof out, "reports/%07llu.txt", static_cast<unsigned long long>(number));
  return out;
}

std::string World::next_etag() {
  char out[32];
  std::snprintf(out, sizeof out, "0x8D%013llX", static_cast<unsigned long long>(++writes_));
  return out;
}

SimBlob& World::put(const std::string& container, const std::string& name, std::string content,
                    SystemTime now) {
  Container& in = containers_[container];
  const auto before = in.blobs.find(name);
  SimBlob blob;
  if (before != in.blobs.end()) {
    blob = before->second;
    if (versioning) in.past[name].push_back({PastBlob::kVersion, before->second, before->second.version_id});
  } else {
    blob.created = now;
    if (const auto past = in.past.find(name); past != in.past.end() && !deleted_stay)
      std::erase_if(past->second, [](const PastBlob& one) { return one.kind == PastBlob::kDeleted; });
  }
  blob.content = std::move(content);
  blob.etag = next_etag();
  blob.modified = now;
  if (versioning) blob.version_id = "2026-01-01T00:00:00." + blob.etag.substr(blob.etag.size() - 7) + "Z";
  return in.blobs[name] = std::move(blob);
}

void World::remove(const std::string& container, const std::string& name) {
  Container& in = containers_.at(container);
  if (soft_delete) in.past[name].push_back({PastBlob::kDeleted, in.blobs.at(name), ""});
  in.blobs.erase(name);
}

void World::take_snapshot(const std::string& container, const std::string& name, const std::string& time) {
  Container& in = containers_.at(container);
  in.past[name].push_back({PastBlob::kSnapshot, in.blobs.at(name), time});
}

SimBlob* World::find(const std::string& container, const std::string& name) {
  const auto in = containers_.find(container);
  if (in == containers_.end()) return nullptr;
  const auto blob = in->second.blobs.find(name);
  return blob == in->second.blobs.end() ? nullptr : &blob->second;
}

} // namespace circuit::providers::azure_blob
