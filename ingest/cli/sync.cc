// circuit-feeds sync rss URL... | feeds/NAME...

#include <memory>
#include <set>

#include "ingest/cli/commands.h"
#include "ingest/cli/exit_code.h"
#include "ingest/cli/follow.h"
#include "ingest/cli/output.h"
#include "ingest/cli/selection.h"
#include "ingest/cli/session.h"
#include "ingest/runtime/task_group.h"

namespace circuit::cli {

using circuit::feeds::v1::StartSyncRequest;
using circuit::feeds::v1::Sync;

namespace {

struct SyncFlags {
  ConnectionOptions connection;
  SelectionFlags selection;
  std::vector<std::string> targets;
  std::string base_url;
  bool allow_private = false;
  bool full = false;
  bool resend = false;
};

// Requests are made side by side: each start is durable before it is answered, and what arrives together is
// made durable together.
constexpr size_t kAtATime = 64;

struct Request {
  std::string label;
  StartSyncRequest start;
  Result<Sync> answer = Sync();
};

Result<std::vector<Request>> make_requests(const SyncFlags& flags) {
  std::vector<Request> requests;
  const auto add = [&](std::string label) -> StartSyncRequest& {
    auto& start = requests.emplace_back(Request{std::move(label), {}, Sync()}).start;
    if (flags.full) start.set_mode(circuit::feeds::v1::FULL);
    if (flags.resend) start.set_mode(circuit::feeds::v1::RESEND);
    return start;
  };
  if (flags.targets.front().starts_with("feeds/")) {
    for (const auto& name : flags.targets) add(name).set_feed(name);
    return requests;
  }
  auto feeds =
      make_feeds(flags.targets.front(), {flags.targets.begin() + 1, flags.targets.end()}, flags.selection);
  if (!feeds) return std::move(feeds).error();
  for (auto& feed : *feeds) *add(feed_label(feed)).mutable_inline_feed() = std::move(feed);
  return requests;
}

// A sync that runs already does what was asked for, unless a special one was asked for.
bool may_join(const Error& error, const StartSyncRequest& start) {
  return error.reason == "SYNC_ALREADY_RUNNING" && error.metadata.contains("sync") &&
         start.mode() == circuit::feeds::v1::SYNC_MODE_UNSPECIFIED;
}

Task<Result<Sync>> start_or_join(api::Control* control, StartSyncRequest start) {
  auto started = co_await control->start_sync(start);
  if (started || !may_join(started.error(), start)) co_return started;
  circuit::feeds::v1::GetSyncRequest get;
  get.set_name(started.error().metadata.at("sync"));
  co_return co_await control->get_sync(std::move(get));
}

Task<void> check(api::Control* control, Request* request) {
  StartSyncRequest check = request->start;
  check.set_validate_only(true);
  auto checked = co_await control->start_sync(std::move(check));
  if (!checked && !may_join(checked.error(), request->start)) {
    request->answer = std::move(checked).error().while_doing(request->label);
  }
}

Task<void> start(api::Control* control, Request* request) {
  request->answer = co_await start_or_join(control, std::move(request->start));
}

// The first refusal, in the order of the command line.
const Error* first_error(const std::vector<Request>& requests) {
  for (const auto& request : requests) {
    if (!request.answer) return &request.answer.error();
  }
  return nullptr;
}

Task<int> sync_all(Session& session, const SyncFlags& flags, std::vector<Request> requests) {
  const bool json = flags.connection.json;
  api::Control* const control = &session.control;
  // Everything is checked before anything starts: a slip in the last address does not leave the others half
  // done.
  const auto check_one = [control](Request& request) { return check(control, &request); };
  co_await for_each_concurrent(session.loop.executor(), requests, kAtATime, check_one);
  if (const Error* refused = first_error(requests)) {
    print_error(*refused, json);
    co_return exit_code_of(*refused);
  }
  const auto start_one = [control](Request& request) { return start(control, &request); };
  co_await for_each_concurrent(session.loop.executor(), requests, kAtATime, start_one);
  if (const Error* refused = first_error(requests)) {
    print_error(*refused, json);
    co_return kFailed;
  }
  std::vector<FollowedSync> started;
  std::set<std::string> names;
  for (auto& request : requests) {
    // The same address twice is one feed.
    if (names.insert(request.answer->name()).second)
      started.push_back({request.label, *std::move(request.answer)});
  }
  FollowOptions options;
  options.json = json;
  co_return co_await follow(session, std::move(started), options);
}

int run_sync(SyncFlags& flags) {
  const bool json = flags.connection.json;
  if (!flags.connection.remote()) flags.selection.sink = absolute_sink(flags.selection.sink);
  auto requests = make_requests(flags);
  if (!requests) {
    print_error(requests.error(), json);
    return kUsage;
  }
  if (flags.connection.remote() && (!flags.base_url.empty() || flags.allow_private)) {
    print_error(make_error(ErrorClass::kInvalid, "FLAG_NOT_FOR_WORKER",
                           "--base-url and --allow-private are the worker's to set",
                           "Start the worker with them, or leave out --server."),
                json);
    return kUsage;
  }
  SessionOptions options;
  options.connection = flags.connection;
  options.on_signal = OnSignal::kWorkCares;
  options.allow_private = flags.allow_private;
  options.base_url = flags.base_url;
  options.default_sink = "jsonl:-";
  return run_session(options, [&](Session& session) { return sync_all(session, flags, *requests); });
}

} // namespace

void add_sync(Command& parent) {
  const auto flags = std::make_shared<SyncFlags>();
  auto command = parent.command("sync", "Brings feeds up to date, and waits until they are.");
  command.arguments(
      "target", flags->targets,
      "A provider and what to pull (rss URL..., azure-blob --container NAME), or feeds/NAME...");
  add_selection_flags(command, flags->selection);
  command
      .flag("--full", flags->full, "Read everything again and deliver what differs from what was delivered.")
      .flag("--resend", flags->resend, "Read and deliver everything again, changed or not.")
      .flag("--allow-private", flags->allow_private, "Let addresses lead to private networks and loopback.")
      .text("--base-url", flags->base_url, "URL",
            "Send every request to this scheme, host and port instead, for tests and replays.")
      .exclusive("--full", "--resend");
  add_connection_flags(command, flags->connection);
  command
      .epilogue(
          "  circuit-feeds sync rss https://example.org/feed.xml --sink jsonl:-\n"
          "  circuit-feeds sync azure-blob --connection files --container docs --prefix reports/\n"
          "  circuit-feeds sync feeds/news --full\n"
          "Exit code: 0 done, 1 failed, 2 usage, 3 done but for dead letters, held removals, or sources not "
          "read to their end, 130 or 143 "
          "stopped.")
      .action([flags] { return run_sync(*flags); });
}

} // namespace circuit::cli
