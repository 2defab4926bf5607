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
  void* do_allocate(size_t size, size_t alignment) override {
    return ::operator new(size, std::align_val_t(alignment));
  }
  void do_deallocate(void* bytes, size_t size, size_t alignment) override {
    OPENSSL_cleanse(bytes, size);
    ::operator delete(bytes, std::align_val_t(alignment));
  }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

inline boost::json::storage_ptr wiping_memory() { return boost::json::make_shared_resource<WipingMemory>(); }

} // namespace circuit::credentials
