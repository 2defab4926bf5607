#pragma once
// Named places at which a crash test can make the process kill itself: where a crash in the wrong order would
// tear what has to be durable. tests/crash reaches each of them; docs/testing.md.
//
//   crash_point("checkpoint.prepared");
//
// CIRCUIT_CRASH_POINT=NAME:COUNT in the environment kills the process with SIGKILL when it reaches that place
// for the COUNT-th time. A name that is not in the table below does not compile. Names are read as follows:
// ...ing is about to happen, ...ed has happened and nobody has been told.
//
// Compiled in by the CMake option CIRCUIT_CRASH_POINTS, which is off where assertions are (NDEBUG). Without
// it a crash point is nothing at all: no call, no name, and the environment is not looked at.
//
// Any thread.

#include <array>
#include <cstddef>
#include <string_view>

namespace circuit {

inline constexpr auto kCrashPoints = std::to_array<std::string_view>({
    // ingest/state
    "store.open.directory_made",
    "store.open.locked",
    "store.open.completing",
    "store.open.opened",
    "store.open.identified",
    "store.commit.writing",
    "store.commit.written",
    "store.close.flushing",
    "store.close.flushed",
    "owner.locked",
    "owner.written",
    // ingest/sync
    "engine.resumed",
    "feed.create.committing",
    "feed.create.committed",
    "feed.delete.committing",
    "feed.delete.committed",
    "feed.reset.committing",
    "feed.reset.committed",
    "sync.begin.committing",
    "sync.begin.committed",
    "sync.end.committing",
    "sync.end.committed",
    "delivery.number.committing",
    "delivery.number.committed",
    "delivery.doubts.taken_over",
    "delivery.sending",
    "delivery.acknowledged",
    "checkpoint.settled",
    "checkpoint.prepared",
    "checkpoint.committed",
    "checkpoint.told",
    "sweep.marked",
    "sweep.page.delivered",
    "sweep.page.committed",
    "sweep.ended",
    // sinks
    "jsonl.open.created",
    "jsonl.open.rotated",
    "jsonl.open.cut",
    "jsonl.note.written",
    "jsonl.note.synced",
    "jsonl.note.removed",
    "jsonl.append.writing",
    "jsonl.append.written",
    "jsonl.seal.syncing",
    "jsonl.seal.synced",
    "jsonl.rotate.renamed",
    "jsonl.rotate.begun",
    "receiver.created",
    "receiver.writing",
    "receiver.written",
    "receiver.synced",
});

// A place in the table, looked up by the compiler.
class CrashPoint {
 public:
  consteval CrashPoint(const char* name) : index_(find(name)) {}
  constexpr size_t index() const { return index_; }

 private:
  static consteval size_t find(std::string_view name) {
    for (size_t i = 0; i < kCrashPoints.size(); ++i) {
      if (kCrashPoints[i] == name) return i;
    }
    throw "no such crash point: add it to the table";
  }
  size_t index_;
};

// Two names for the linker, so that files with and without crash points can be linked together.
#if defined(CIRCUIT_CRASH_POINTS)
inline namespace armed {
void crash_point(CrashPoint point);
}
#else
inline namespace unarmed {
constexpr void crash_point(CrashPoint) {}
} // namespace unarmed
#endif

} // namespace circuit
