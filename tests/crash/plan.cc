#include "tests/crash/plan.h"

#include <algorithm>
#include <utility>

#include "ingest/runtime/crash_point.h"

namespace circuit::crash {
namespace {

constexpr size_t kPointsALife = 14;

Scene scene_of(std::string_view point) {
  if (point.starts_with("feed.create.") || point.starts_with("jsonl.note.")) return Scene::kNewFeed;
  if (point.starts_with("feed.reset.")) return Scene::kReset;
  if (point.starts_with("feed.delete.")) return Scene::kDelete;
  if (point.starts_with("sweep.")) return Scene::kSweep;
  if (point.starts_with("jsonl.rotate.")) return Scene::kRotation;
  if (point.starts_with("store.close.")) return Scene::kStop;
  if (point == "receiver.created") return Scene::kNewReceiver;
  return point.starts_with("receiver.") ? Scene::kReceiver : Scene::kOrdinary;
}

// How often a round gets there, about.
int count_max(std::string_view point) {
  if (point.starts_with("store.commit.")) return 20;
  if (point.starts_with("sync.")) return 8;
  if (point.starts_with("delivery.") || point.starts_with("checkpoint.")) return 4;
  if (point.starts_with("receiver.")) return 2;
  if (point.starts_with("jsonl.append.") || point.starts_with("jsonl.seal.")) return 3;
  return point.starts_with("sweep.page.") || point == "engine.resumed" ? 2 : 1;
}

Loss draw_loss(Random& random) {
  const double at = random.uniform();
  return at < 0.2 ? Loss::kNothing : at < 0.5 ? Loss::kEverything : Loss::kDrawn;
}

Round draw_round(std::string_view point, Random& random) {
  Round round;
  round.point = point;
  round.count = 1 + static_cast<int>(random.below(static_cast<uint64_t>(count_max(point))));
  round.scene = scene_of(point);
  round.loss = draw_loss(random);
  round.verify = random.chance(0.4);
  return round;
}

// A round that is killed where the next one finds something to mend.
Round before(std::string_view point, Scene scene, Random& random) {
  Round round = draw_round(point, random);
  round.count = 1;
  round.scene = scene;
  round.loss = Loss::kNothing;
  round.verify = false;
  return round;
}

template <class T>
void shuffle(std::vector<T>& items, Random& random) {
  for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.below(i)]);
}

const char* loss_name(Loss loss) {
  return loss == Loss::kNothing      ? "nothing lost"
         : loss == Loss::kEverything ? "all unsynced lost"
                                     : "some lost";
}

} // namespace

std::string Round::to_string() const {
  return (point.empty() ? "killed by the clock" : point + ":" + std::to_string(count)) + ", " +
         loss_name(loss);
}

uint64_t seed_of(uint64_t seed, uint64_t life) { return SeededRandom(seed * 1'000'003 + life).next(); }

std::vector<Round> draw_life(uint64_t seed, uint64_t life) {
  SeededRandom of_seed(seed);
  std::vector<std::string_view> points(kCrashPoints.begin(), kCrashPoints.end());
  shuffle(points, of_seed);
  SeededRandom random(seed_of(seed, life));
  std::vector<Round> rounds;
  for (size_t i = 0; i < kPointsALife; ++i) {
    const std::string_view point = points[(life * kPointsALife + i) % points.size()];
    if (random.chance(0.4)) rounds.push_back(draw_round("", random));
    if (point == "engine.resumed") rounds.push_back(before("sync.begin.committed", Scene::kOrdinary, random));
    if (point == "jsonl.open.rotated")
      rounds.push_back(before("jsonl.rotate.begun", Scene::kRotation, random));
    Round round = draw_round(point, random);
    // What is there at the beginning alone comes first.
    const bool first = point == "store.open.directory_made" || point == "store.open.completing";
    rounds.insert(first ? rounds.begin() : rounds.end(), std::move(round));
  }
  rounds.back().verify = true;
  return rounds;
}

} // namespace circuit::crash
