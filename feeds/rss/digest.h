#pragma once
// Fingerprints over several strings, unambiguous about where one ends and the next begins. Private to this
// folder. One thread per object.

#include <array>
#include <string>
#include <string_view>

#include "ingest/runtime/digest.h"

namespace circuit::feeds::rss {

class Digest {
 public:
  Digest& add(std::string_view part);
  // The first 128 bits of SHA-256, lower-case hex. What is added then begins another.
  std::string hex();

 private:
  void gather(std::string_view bytes);

  Sha256 hash_;
  std::array<char, 512> short_parts_; // an entry has dozens of them; each alone would cost a call
  size_t gathered_ = 0;
};

} // namespace circuit::feeds::rss
