#pragma once
// SHA-256 and hexadecimal digits. Pure functions; any thread.

#include <memory>
#include <string>
#include <string_view>

namespace circuit {

std::string sha256(std::string_view bytes); // 32 bytes
std::string to_hex(std::string_view bytes); // two digits a byte, lower case

// SHA-256 of what comes in pieces. As any value: one thread at a time.
class Sha256 {
 public:
  Sha256();
  void add(std::string_view bytes);
  std::string finish(); // 32 bytes; what is added then begins another

 private:
  struct Context;
  struct Free {
    void operator()(Context* context) const;
  };
  std::unique_ptr<Context, Free> context_;
};

} // namespace circuit
