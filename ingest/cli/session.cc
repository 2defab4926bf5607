#include "ingest/cli/session.h"

#include <boost/system/system_error.hpp>

#include <optional>

#include "ingest/api/remote_control.h"
#include "ingest/cli/exit_code.h"
#include "ingest/cli/master_keys.h"
#include "ingest/cli/output.h"
#include "ingest/runtime/task_group.h"

namespace circuit::cli {
namespace {

Task<void> keep(std::optional<int>* code, Task<int> work) { code->emplace(co_await std::move(work)); }

Task<void> finish(TaskGroup* group, bool* done, std::exception_ptr* failure) {
  try {
    co_await group->join();
  } catch (...) { // rethrown by the caller, outside of the loop
    *failure = std::current_exception();
  }
  *done = true;
}

Task<void> cancel_on_signal(StopSignals* stop, TaskGroup* work) {
  co_await stop->wait();
  work->cancel();
}

// A one-shot command's engine does what it is told and nothing else: it neither polls nor takes up what
// others left.
class Quiet final : public sync::EngineObserver {
 public:
  explicit Quiet(bool json) : json_(json) {}
  void warning(const Error& error) override { print_error(error, json_); }

 private:
  bool json_;
};

Task<int> with_engine(Worker* worker, Task<int> work) {
  std::optional<int> code;
  std::exception_ptr failure;
  try {
    code = co_await std::move(work);
  } catch (...) { // rethrown when the engine has stopped
    failure = std::current_exception();
  }
  co_await worker->stop();
  if (failure) std::rethrow_exception(failure);
  co_return *code;
}

int refuse(const Error& error, bool json) {
  print_error(error, json);
  return exit_code_of(error);
}

int run_remote(const SessionOptions& options, const Work& work) {
  SystemLoop loop;
  StopSignals stop(loop);
  auto control = open_remote(options.connection, loop);
  if (!control) return refuse(control.error(), options.connection.json);
  Session session{loop, stop, **control, true};
  auto task = work(session);
  if (options.on_signal == OnSignal::kCancel) task = until_stopped(loop, stop, std::move(task));
  return run_to_end(loop, std::move(task));
}

int run_local(const SessionOptions& options, const Work& work) {
  const bool json = options.connection.json;
  auto config = load_config(options.connection.config_file, options.connection.data_dir);
  if (!config) return refuse(config.error(), json);
  if (options.allow_private) config->http.allow_private = true;
  if (config->engine.default_sink.empty()) config->engine.default_sink = options.default_sink;
  SystemLoop loop;
  StopSignals stop(loop);
  Quiet observer(json);
  auto keys = master_key_sources(options.connection.master_keys, *config);
  auto worker = Worker::open({*std::move(config), options.base_url, {}, std::move(keys)}, loop, observer);
  if (!worker) return refuse(worker.error(), json);
  Session session{loop, stop, (*worker)->control(), false};
  auto task = work(session);
  if (options.on_signal == OnSignal::kCancel) task = until_stopped(loop, stop, std::move(task));
  const int code = run_to_end(loop, with_engine(worker->get(), std::move(task)));
  if (const auto closed = (*worker)->close(); !closed) print_error(closed.error(), json);
  return code;
}

} // namespace

int run_to_end(SystemLoop& loop, Task<int> work) {
  std::optional<int> code;
  std::exception_ptr failure;
  bool done = false;
  TaskGroup group(loop.executor());
  TaskGroup joiner(loop.executor());
  group.spawn(keep(&code, std::move(work)));
  joiner.spawn(finish(&group, &done, &failure));
  loop.run_while([&] { return !done || joiner.running() > 0; });
  if (failure) std::rethrow_exception(failure);
  return code.value_or(kFailed);
}

Task<int> until_stopped(SystemLoop& loop, StopSignals& stop, Task<int> work) {
  std::optional<int> code;
  TaskGroup running(loop.executor());
  TaskGroup watching(loop.executor());
  running.spawn(keep(&code, std::move(work)));
  watching.spawn(cancel_on_signal(&stop, &running));
  std::exception_ptr failure;
  try {
    co_await running.join();
  } catch (...) { // rethrown when the watcher has ended
    failure = std::current_exception();
  }
  watching.cancel();
  co_await watching.join();
  if (stop.received() && !code) co_return stopped_by(*stop.received());
  if (failure) std::rethrow_exception(failure);
  co_return code.value_or(kFailed);
}

Result<std::unique_ptr<api::Control>> open_remote(const ConnectionOptions& connection, SystemLoop& loop) {
  api::RemoteOptions options;
  options.address = connection.server;
  options.tls.enabled = connection.server_tls || !connection.server_ca_file.empty();
  options.tls.ca_file = connection.server_ca_file;
  options.allow_insecure = connection.server_insecure;
  auto control = api::RemoteControl::open(std::move(options), loop);
  if (!control) return std::move(control).error();
  return std::unique_ptr<api::Control>(*std::move(control));
}

int run_session(const SessionOptions& options, const Work& work) {
  return options.connection.remote() ? run_remote(options, work) : run_local(options, work);
}

} // namespace circuit::cli
