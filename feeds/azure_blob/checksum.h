#pragma once
// MD5 as Azure Storage has it in headers and listings: base64. A checksum, not for anything secret.

#include <memory>
#include <string>
#include <string_view>

namespace circuit::feeds::azure_blob {

std::string md5_base64(std::string_view bytes);

// Of what comes in pieces. As any value: one thread at a time.
class Md5 {
 public:
  Md5();
  void add(std::string_view bytes);
  std::string finish(); // at most once, and nothing after it

 private:
  struct Context;
  struct Free {
    void operator()(Context* context) const;
  };
  std::unique_ptr<Context, Free> context_;
};

} // namespace circuit::feeds::azure_blob
