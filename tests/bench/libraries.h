#pragma once
// What libraries alone take for documents that are fetched: the floor of a worker that has no code of its
// own. It reads none of them, orders nothing and checks nothing. On one thread.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace rocksdb {
class DB;
}

namespace circuit::bench {

class Libraries {
 public:
  explicit Libraries(const std::string& folder); // for a RocksDB of its own
  ~Libraries();

  // A document as protobuf, the SHA-256 of it, the change that is sent, and a row of the store, with an fsync
  // for every 500. The change's bytes.
  std::string keep(std::string_view id, std::string_view text);

 private:
  std::unique_ptr<rocksdb::DB> store_;
  struct Pending;
  std::unique_ptr<Pending> pending_;
};

// `work` in a copy of this process, waited for: a program that this one starts counts as large as this one
// was until it became another. Throws std::runtime_error when it fails.
void in_a_process_of_its_own(const std::function<void()>& work);

// What a signed request for a blob and its body need: an HMAC-SHA256 and an MD5.
void sign_and_check(std::string_view key, std::string_view to_sign, std::string_view body);

} // namespace circuit::bench
