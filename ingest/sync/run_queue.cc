#include "ingest/sync/run_queue.h"

#include <algorithm>
#include <utility>

namespace circuit::sync {

void RunQueue::push(Item item) {
  Level& level = levels_[item.priority];
  auto& waiting = level.waiting[item.fairness_key];
  if (waiting.empty()) level.turns.push_back(item.fairness_key);
  waiting.push_back(std::move(item));
  ++size_;
}

std::optional<RunQueue::Item> RunQueue::pop(const std::function<bool(const std::string& key)>& has_room) {
  for (auto& [priority, level] : levels_) {
    const auto turn = std::find_if(level.turns.begin(), level.turns.end(), has_room);
    if (turn == level.turns.end()) continue;
    auto& waiting = level.waiting[*turn];
    Item item = std::move(waiting.front());
    waiting.pop_front();
    if (waiting.empty()) {
      level.waiting.erase(*turn);
      level.turns.erase(turn);
    } else {
      level.turns.splice(level.turns.end(), level.turns, turn);
    }
    --size_;
    return item;
  }
  return std::nullopt;
}

bool RunQueue::remove(const std::string& sync) {
  for (auto& [priority, level] : levels_) {
    for (auto& [key, waiting] : level.waiting) {
      const auto found = std::find_if(waiting.begin(), waiting.end(),
                                      [&sync](const Item& item) { return item.sync == sync; });
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

} // namespace circuit::sync
