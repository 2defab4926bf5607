#pragma once
// A lock for each of many names, first come, first served: one coroutine at a time changes what has the name.
// Names that nobody holds cost nothing for long. On one loop.

#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include "ingest/runtime/event.h"
#include "ingest/runtime/task.h"

namespace circuit {

class NamedLocks {
 public:
  class Hold {
   public:
    explicit Hold(std::shared_ptr<Credit> lock) : lock_(std::move(lock)) {}
    Hold(Hold&&) = default;
    Hold& operator=(Hold&&) = delete;
    ~Hold() {
      if (lock_) lock_->release(1);
    }

   private:
    std::shared_ptr<Credit> lock_;
  };
  Task<Hold> lock(std::string name);
  // Whether somebody holds it, or waits to.
  bool is_held(const std::string& name) const;

 private:
  std::unordered_map<std::string, std::weak_ptr<Credit>> locks_;
};

} // namespace circuit
