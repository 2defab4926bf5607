#pragma once
// How polls ended that found nothing new: of each feed the last one, in memory.
//
// Such a poll changes nothing of what its feed has, so that it need not be durable: to write each down cost
// more than to make it. What the store does not know is when the feed is due again and what its last sync
// was. It is told once a minute, of all such feeds together, and at a clean stop; a crash before that has a
// feed polled once more. Of several polls between two writes the last one is kept.
//
// On the engine's loop.

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "circuit/feeds/v1/feed.pb.h"
#include "ingest/runtime/clock.h"
#include "ingest/sync/feed_records.h"

namespace circuit::sync {

struct Core;

class QuietPolls {
 public:
  using Sync = circuit::feeds::v1::Sync;

  // Replaces what is kept of its feed.
  void keep(const Sync& ended, std::optional<SystemTime> next);
  // The store knows better, or the feed is gone.
  void forget(const std::string& feed);

  // nullopt: none that the store does not know of.
  bool knows(const std::string& feed) const { return by_feed_.contains(feed); }
  std::optional<Sync> of_feed(const std::string& feed) const;
  std::optional<Sync> find(const std::string& sync) const;
  std::vector<Sync> all() const;
  std::vector<std::string> feeds() const;
  // The record as it would be, had it been written.
  void apply_to(circuit::feeds::state::v1::FeedStateRecord& state, const std::string& feed) const;

 private:
  // As little memory as may be, and the same from poll to poll: there are as many as feeds, and each was last
  // looked at when its feed's turn came before.
  struct Poll {
    std::string name;
    std::string sync; // serialized
    std::optional<SystemTime> next;

    Sync show() const {
      Sync shown;
      shown.ParseFromString(sync);
      return shown;
    }
  };
  std::unordered_map<std::string, Poll> by_feed_;
  std::unordered_map<std::string_view, const Poll*> by_name_; // by the names in the polls
};

// Once a minute, until it is cancelled.
Task<void> write_quiet_polls(Core& core);
// Now. What cannot be written is kept for the next time, with a warning.
enum class Prune { kOlderRuns, kNothing };
Task<void> write_quiet_polls_now(Core& core, Prune prune);

} // namespace circuit::sync
