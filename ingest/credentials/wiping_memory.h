#pragma once
// Memory for parsed JSON that holds secrets: wiped when it is given back. One thread at a time, as the values
// in it.

#include <openssl/crypto.h>

#include <boost/json/memory_resource.hpp>
#include <boost/json/storage_ptr.hpp>
#include <new>

namespace circuit::credentials {

class WipingMemory final : public boost::json::memory_resource {
 private:
  // Alignments are not passed on: Boost.JSON 1.81 gives keys back with another than it asked for. None is
  // above that of plain new.
  void* do_allocate(size_t size, size_t) override { return ::operator new(size); }
  void do_deallocate(void* bytes, size_t size, size_t) override {
    OPENSSL_cleanse(bytes, size);
    ::operator delete(bytes);
  }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

inline boost::json::storage_ptr wiping_memory() { return boost::json::make_shared_resource<WipingMemory>(); }

} // namespace circuit::credentials
