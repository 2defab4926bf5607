#pragma once
// Git's names of objects: the hash of what they hold, by which a body proves that it is whole. SHA-1 (or
// SHA-256, in repositories made so) of "blob {size}", a NUL, and the bytes (git: hash-object).
// Any thread, one at a time.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace circuit::feeds::github {

// Gathers a blob whose size is known before its bytes are.
class BlobId {
 public:
  // `like`: an id of the repository, whose length says which hash it is.
  BlobId(std::string_view like, uint64_t size_bytes);
  void add(std::string_view bytes);
  std::string finish(); // hexadecimal; at most once, and nothing after it

 private:
  struct Context;
  struct Free {
    void operator()(Context* context) const;
  };
  std::unique_ptr<Context, Free> context_;
};

bool is_blob(std::string_view id, std::string_view bytes);

} // namespace circuit::feeds::github
