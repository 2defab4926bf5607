#pragma once
// Which goes next: the highest priority first, and within one priority each fairness key (account, host) in
// turn, so that a thousand feeds of one host cannot keep a single feed of another waiting. Pure data
// structure; one thread.

#include <algorithm>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace circuit::sync {

template <class Item>
class RunQueue {
 public:
  struct Next {
    Item item;
    std::string fairness_key;
  };

  void push(Item item, const std::string& fairness_key, int priority) {
    Level& level = levels_[priority];
    auto& waiting = level.waiting[fairness_key];
    if (waiting.empty()) level.turns.push_back(fairness_key);
    waiting.push_back(std::move(item));
    ++size_;
  }

  // The next whose key `has_room`.
  std::optional<Next> pop(const std::function<bool(const std::string& key)>& has_room) {
    for (auto& [priority, level] : levels_) {
      const auto turn = std::find_if(level.turns.begin(), level.turns.end(), has_room);
      if (turn == level.turns.end()) continue;
      auto& waiting = level.waiting[*turn];
      std::optional<Next> next(Next{std::move(waiting.front()), *turn});
      waiting.pop_front();
      if (waiting.empty()) {
        level.waiting.erase(*turn);
        level.turns.erase(turn);
      } else {
        level.turns.splice(level.turns.end(), level.turns, turn);
      }
      --size_;
      return next;
    }
    return std::nullopt;
  }

  // Whether it was there.
  bool remove(const Item& item) {
    for (auto& [priority, level] : levels_) {
      for (auto& [key, waiting] : level.waiting) {
        const auto found = std::find(waiting.begin(), waiting.end(), item);
        if (found == waiting.end()) continue;
        waiting.erase(found);
        --size_;
        if (waiting.empty()) {
          level.turns.remove(key);
          level.waiting.erase(key);
        }
        return true;
      }
    }
    return false;
  }

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
