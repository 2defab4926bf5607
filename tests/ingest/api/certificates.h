#pragma once
// Certificates that a test makes for itself, valid for an hour.

#include <string>

namespace circuit::api {

struct PemPair {
  std::string certificate;
  std::string key;
};

class Authority {
 public:
  explicit Authority(const std::string& name);
  const std::string& certificate() const { return self_.certificate; }
  // For 127.0.0.1 and localhost.
  PemPair issue(const std::string& name) const;

 private:
  PemPair self_;
};

} // namespace circuit::api
