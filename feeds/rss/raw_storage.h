#pragma once
// The memory behind a RawFeed's views. Private to this folder.

#include <boost/json/value.hpp>
#include <cstring>
#include <memory_resource>
#include <string>
#include <string_view>

namespace circuit::feeds::rss {

struct RawStorage {
  std::string body;        // decoded; the XML parser works in place on it
  boost::json::value json; // of a JSON Feed
  std::pmr::monotonic_buffer_resource arena{16 * 1024};
};

inline std::string_view store(std::pmr::memory_resource& arena, std::string_view text) {
  if (text.empty()) return {};
  auto* copy = static_cast<char*>(arena.allocate(text.size(), 1));
  std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

} // namespace circuit::feeds::rss
