#pragma once
// Fingerprints over several strings, unambiguous about where one ends and the next begins. Private to this
// folder. One thread per object.

#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace circuit::feeds::rss {

class Digest {
 public:
  Digest();
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;

  Digest& add(std::string_view part);
  // The first 128 bits of SHA-256, lower-case hex. Ends the object's use.
  std::string hex();

 private:
  evp_md_ctx_st* context_;
};

} // namespace circuit::feeds::rss
