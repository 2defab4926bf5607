#pragma once
// What happens in each round of a life, drawn from a seed: where the worker is killed, what has to go on for
// it to get there, and what of its unsynced writes is lost. Pure.

#include <cstdint>
#include <string>
#include <vector>

#include "ingest/runtime/random.h"
#include "tests/crash/roll_back.h"

namespace circuit::crash {

// What a round needs to reach its crash point.
enum class Scene {
  kOrdinary,   // syncs of feeds that have changed
  kNewFeed,    // a feed that is created, with a new file as its sink
  kReset,      // of an idle feed
  kDelete,     // of an idle feed
  kSweep,      // deletions in feeds that show them by not listing
  kRotation,   // of files that are rotated when they are small
  kStop,       // SIGTERM, and the crash comes while it stops
  kReceiver,   // the receiver dies instead
  kNewReceiver // at the receiver's first start, before the first round
};

struct Round {
  std::string point; // empty: killed at a moment of the clock
  int count = 1;     // the time that it is reached at
  Scene scene = Scene::kOrdinary;
  Loss loss = Loss::kDrawn;
  bool verify = false; // afterwards
  std::string to_string() const;
};

// Life number `life` of a seed. A few lives in a row have all points in them.
std::vector<Round> draw_life(uint64_t seed, uint64_t life);

uint64_t seed_of(uint64_t seed, uint64_t life); // of everything else that is drawn in it

} // namespace circuit::crash
