#pragma once
// Runs coroutines on a virtual loop: spawn(world, task) and then world.loop.run().

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <list>

#include "ingest/runtime/virtual_loop.h"

namespace circuit::testing {

// One spawned coroutine: whether it has ended, how, and a way to cancel it.
struct Spawned {
  bool ended = false;
  std::exception_ptr error;
  boost::asio::cancellation_signal stop;
  void cancel() { stop.emit(boost::asio::cancellation_type::all); }
};

struct VirtualWorld {
  VirtualLoop loop;
  std::list<Spawned> spawned;

  Spawned& spawn(Task<void> task) {
    Spawned& entry = spawned.emplace_back();
    boost::asio::co_spawn(
        loop.executor(), std::move(task),
        boost::asio::bind_cancellation_slot(entry.stop.slot(), [&entry](std::exception_ptr error) {
          entry.ended = true;
          entry.error = error;
        }));
    return entry;
  }
  Clock& clock() { return loop.clock(); }
  Duration elapsed() { return loop.clock().steady_now().time_since_epoch(); }
};

} // namespace circuit::testing
