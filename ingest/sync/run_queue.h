#pragma once
// Which sync goes next: the highest priority first, and within one priority each fairness key (account, host)
// in turn, so that a thousand feeds of one host cannot keep a single feed of another waiting. Pure data
// structure; one thread.

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

namespace circuit::sync {

class RunQueue {
 public:
  struct Item {
    std::string sync;
    std::string fairness_key;
    int priority = 0;
  };

  void push(Item item);
  // The next whose key `has_room`.
  std::optional<Item> pop(const std::function<bool(const std::string& key)>& has_room);
  // Whether it was there.
  bool remove(const std::string& sync);
  size_t size() const { return size_; }

 private:
  struct Level {
    std::list<std::string> turns; // keys that have something waiting, next first
    std::unordered_map<std::string, std::deque<Item>> waiting;
  };
  std::map<int, Level, std::greater<>> levels_;
  size_t size_ = 0;
};

} // namespace circuit::sync
