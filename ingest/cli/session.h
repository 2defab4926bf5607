#pragma once
// Runs one command: opens what it talks to, runs its coroutine on the calling thread's loop, and stops it
// cleanly when a signal says so.

#include <functional>
#include <memory>

#include "ingest/api/control.h"
#include "ingest/cli/connection_options.h"
#include "ingest/cli/signals.h"
#include "ingest/cli/worker.h"
#include "ingest/runtime/system_loop.h"

namespace circuit::cli {

struct Session {
  SystemLoop& loop;
  StopSignals& stop;
  api::Control& control;
  bool remote; // the engine is another process
};

// Must not be a capturing lambda that is itself a coroutine; one that calls a coroutine is fine. Its result
// is the exit code. What it needs must outlive it.
using Work = std::function<Task<int>(Session&)>;

enum class OnSignal {
  kCancel,   // the work is cancelled, and the exit code is the signal's
  kWorkCares // the work looks at Session::stop
};

struct SessionOptions {
  ConnectionOptions connection;
  OnSignal on_signal = OnSignal::kCancel;
  // For an engine in this process.
  bool allow_private = false;
  std::string base_url;
  std::string default_sink; // where the configuration has none
};

// Errors of opening are printed; the exit code is theirs.
int run_session(const SessionOptions& options, const Work& work);

// How to reach the worker that the flags name. INVALID ADDRESS_INVALID, INSECURE_ADDRESS,
// TLS_FILE_UNREADABLE, ...
Result<std::unique_ptr<api::Control>> open_remote(const ConnectionOptions& connection, SystemLoop& loop);

// Runs a coroutine to its end on this loop. Throws what it throws.
int run_to_end(SystemLoop& loop, Task<int> work);
// The same, but a signal cancels it.
Task<int> until_stopped(SystemLoop& loop, StopSignals& stop, Task<int> work);

} // namespace circuit::cli
