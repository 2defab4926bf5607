#include "ingest/credentials/credential_bytes.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace circuit::credentials {
namespace {

constexpr char kLayout = 1;
constexpr char kSecretEntry = 's';
constexpr char kAttributeEntry = 'a';
constexpr size_t kEntryHeadBytes = 1 + 4 + 4;

class EntryWriter {
 public:
  explicit EntryWriter(char* at) : at_(at) {}
  void byte(char value) { *at_++ = value; }
  void text(std::string_view bytes) {
    for (int shift = 24; shift >= 0; shift -= 8) byte(static_cast<char>(bytes.size() >> shift & 0xff));
    if (!bytes.empty()) std::memcpy(at_, bytes.data(), bytes.size());
    at_ += bytes.size();
  }

 private:
  char* at_;
};

class EntryReader {
 public:
  explicit EntryReader(std::string_view rest) : rest_(rest) {}
  bool at_end() const { return rest_.empty(); }
  std::optional<char> byte() {
    if (rest_.empty()) return std::nullopt;
    const char value = rest_.front();
    rest_.remove_prefix(1);
    return value;
  }
  std::optional<std::string_view> text() {
    if (rest_.size() < 4) return std::nullopt;
    uint32_t size = 0;
    for (size_t i = 0; i < 4; ++i) size = size << 8 | static_cast<unsigned char>(rest_[i]);
    rest_.remove_prefix(4);
    if (rest_.size() < size) return std::nullopt;
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }

 private:
  std::string_view rest_;
};

} // namespace

Secret encode_credential(const Credential& credential) {
  size_t size = 1;
  for (const auto& [name, secret] : credential.secrets) size += kEntryHeadBytes + name.size() + secret.size();
  for (const auto& [name, text] : credential.attributes) size += kEntryHeadBytes + name.size() + text.size();
  Secret bytes = Secret::of_size(size);
  EntryWriter writer(reinterpret_cast<char*>(bytes.writable().data()));
  writer.byte(kLayout);
  for (const auto& [name, secret] : credential.secrets) {
    writer.byte(kSecretEntry);
    writer.text(name);
    writer.text(secret.reveal());
  }
  for (const auto& [name, text] : credential.attributes) {
    writer.byte(kAttributeEntry);
    writer.text(name);
    writer.text(text);
  }
  return bytes;
}

std::optional<Credential> decode_credential(const Secret& bytes) {
  EntryReader reader(bytes.reveal());
  if (reader.byte() != kLayout) return std::nullopt;
  Credential credential;
  while (!reader.at_end()) {
    const auto kind = reader.byte();
    const auto name = reader.text();
    const auto value = reader.text();
    if (!name || !value) return std::nullopt;
    if (kind == kSecretEntry) {
      if (!credential.secrets.emplace(*name, *value).second) return std::nullopt;
    } else if (kind == kAttributeEntry) {
      if (!credential.attributes.emplace(*name, *value).second) return std::nullopt;
    } else {
      return std::nullopt;
    }
  }
  return credential;
}

} // namespace circuit::credentials
