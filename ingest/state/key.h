#pragma once
// Keys are tuples of byte strings and integers, encoded so that bytes compare as the tuples do part by part,
// and that a tuple's encoding is the prefix of every longer tuple that begins with it.
//
//   string   its length as 4 bytes, big endian, then its bytes (no escape, any byte allowed)
//   integer  8 bytes, big endian, the sign bit flipped
//
// Strings therefore sort by length first; nothing depends on their order, only on equal strings being
// adjacent. Pure functions; any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace circuit::state {

class Key {
 public:
  Key& add(std::string_view part) &;
  Key& add(int64_t part) &;
  Key&& add(std::string_view part) && { return std::move(add(part)); }
  Key&& add(int64_t part) && { return std::move(add(part)); }
  const std::string& bytes() const& { return bytes_; }
  std::string bytes() && { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Takes the parts off again, from the front; nullopt where the bytes are no such part.
class KeyReader {
 public:
  explicit KeyReader(std::string_view bytes) : rest_(bytes) {}
  std::optional<std::string_view> string();
  std::optional<int64_t> integer();
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

} // namespace circuit::state
