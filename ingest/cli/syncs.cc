// circuit-feeds syncs list | show | start | confirm-removals, circuit-feeds watch SYNC, circuit-feeds cancel
// SYNC

#include <memory>

#include "ingest/cli/collect.h"
#include "ingest/cli/commands.h"
#include "ingest/cli/exit_code.h"
#include "ingest/cli/follow.h"
#include "ingest/cli/output.h"
#include "ingest/cli/selection.h"
#include "ingest/cli/session.h"
#include "ingest/cli/show.h"

namespace circuit::cli {

namespace v1 = circuit::feeds::v1;

namespace {

struct SyncsFlags {
  ConnectionOptions connection;
  std::string sync; // as typed
  std::string feed; // as typed
  std::string token;
  std::string request_id;
  int priority = 0;
  bool full = false;
  bool resend = false;
  bool no_wait = false;

  bool json() const { return connection.json; }
  std::string sync_name() const { return resource_name("syncs", sync); }
  std::string feed_name() const { return feed.empty() ? "" : resource_name("feeds", feed); }
};
using SharedSyncsFlags = std::shared_ptr<SyncsFlags>;

int report(const Error& error, const SyncsFlags& flags) {
  print_error(error, flags.json());
  return exit_code_of(error);
}

Task<int> list_syncs(Session& session, const SyncsFlags& flags) {
  std::vector<TableRow> rows = {sync_heading()};
  const auto list = [&](std::string token) {
    v1::ListSyncsRequest request;
    request.set_feed(flags.feed_name());
    request.set_page_size(kListPage);
    request.set_page_token(std::move(token));
    return session.control.list_syncs(std::move(request));
  };
  const auto show = [&](const v1::ListSyncsResponse& page) {
    for (const auto& sync : page.syncs()) {
      if (flags.json())
        print_json(sync);
      else
        rows.push_back(sync_row(sync));
    }
  };
  const auto listed = co_await for_each_page(list, show);
  if (!listed) co_return report(listed.error(), flags);
  if (!flags.json()) print_table(rows);
  co_return kDone;
}

Task<int> show_one(Session& session, const SyncsFlags& flags) {
  v1::GetSyncRequest request;
  request.set_name(flags.sync_name());
  const auto sync = co_await session.control.get_sync(std::move(request));
  if (!sync) co_return report(sync.error(), flags);
  show_sync(*sync, flags.json());
  co_return kDone;
}

// Shows a sync that was started, or follows it: in this process nobody else would.
Task<int> started(Session& session, const SyncsFlags& flags, v1::Sync sync) {
  if (flags.no_wait && session.remote) {
    show_sync(sync, flags.json());
    co_return kDone;
  }
  std::vector<FollowedSync> followed(1);
  followed[0].label = sync.feed();
  followed[0].sync = std::move(sync);
  FollowOptions options;
  options.json = flags.json();
  co_return co_await follow(session, std::move(followed), options);
}

Task<int> start_sync(Session& session, const SyncsFlags& flags) {
  v1::StartSyncRequest request;
  request.set_feed(flags.feed_name());
  request.set_request_id(flags.request_id);
  request.set_priority(flags.priority);
  if (flags.full) request.set_mode(v1::FULL);
  if (flags.resend) request.set_mode(v1::RESEND);
  auto sync = co_await session.control.start_sync(std::move(request));
  if (!sync) co_return report(sync.error(), flags);
  co_return co_await started(session, flags, *std::move(sync));
}

Task<int> confirm_removals(Session& session, const SyncsFlags& flags) {
  v1::ConfirmRemovalsRequest request;
  request.set_feed(flags.feed_name());
  request.set_token(flags.token);
  auto sync = co_await session.control.confirm_removals(std::move(request));
  if (!sync) co_return report(sync.error(), flags);
  co_return co_await started(session, flags, *std::move(sync));
}

Task<int> watch_sync(Session& session, const SyncsFlags& flags) {
  v1::GetSyncRequest request;
  request.set_name(flags.sync_name());
  auto sync = co_await session.control.get_sync(std::move(request));
  if (!sync) co_return report(sync.error(), flags);
  std::vector<FollowedSync> followed(1);
  followed[0].label = sync->feed();
  followed[0].sync = *std::move(sync);
  FollowOptions options;
  options.json = flags.json();
  options.cancel_on_signal = false;
  co_return co_await follow(session, std::move(followed), options);
}

Task<int> cancel_sync(Session& session, const SyncsFlags& flags) {
  v1::CancelSyncRequest request;
  request.set_name(flags.sync_name());
  const auto sync = co_await session.control.cancel_sync(std::move(request));
  if (!sync) co_return report(sync.error(), flags);
  show_sync(*sync, flags.json());
  co_return kDone;
}

using SyncsCoroutine = Task<int> (*)(Session&, const SyncsFlags&);

void finish_command(Command& command, const SharedSyncsFlags& flags, SyncsCoroutine coroutine,
                    OnSignal on_signal) {
  add_connection_flags(command, flags->connection);
  command.action([flags, coroutine, on_signal] {
    SessionOptions options;
    options.connection = flags->connection;
    options.on_signal = on_signal;
    return run_session(options, [&](Session& session) { return coroutine(session, *flags); });
  });
}

void add_start(Command& syncs) {
  const auto flags = std::make_shared<SyncsFlags>();
  auto command = syncs.command("start", "Syncs a feed now.");
  command.argument("feed", flags->feed, "NAME or feeds/NAME.")
      .flag("--full", flags->full, "Read everything again and deliver what differs from what was delivered.")
      .flag("--resend", flags->resend, "Read and deliver everything again, changed or not.")
      .number("--priority", flags->priority, -10, 10, "Higher goes first; 0 is normal.")
      .text("--request-id", flags->request_id, "ID", "The same id within 24 hours gives the same sync.")
      .flag("--no-wait", flags->no_wait, "With --server: do not wait for the sync to end.")
      .exclusive("--full", "--resend");
  finish_command(command, flags, start_sync, OnSignal::kWorkCares);
}

} // namespace

void add_syncs(Command& parent) {
  auto syncs = parent.command("syncs", "Lists and starts syncs.");
  const auto listing = std::make_shared<SyncsFlags>();
  auto list = syncs.command("list", "Lists syncs, newest first.");
  list.text("--feed", listing->feed, "FEED", "Of this feed alone.");
  finish_command(list, listing, list_syncs, OnSignal::kCancel);

  const auto showing = std::make_shared<SyncsFlags>();
  auto show = syncs.command("show", "Shows one sync.");
  show.argument("sync", showing->sync, "ID or syncs/ID.");
  finish_command(show, showing, show_one, OnSignal::kCancel);

  add_start(syncs);

  const auto confirming = std::make_shared<SyncsFlags>();
  auto confirm =
      syncs.command("confirm-removals", "Lets a sweep go on that was held because it removes much.");
  confirm.argument("feed", confirming->feed, "NAME or feeds/NAME.")
      .argument("token", confirming->token, "As `feeds show` prints it: what is confirmed is what was shown.")
      .flag("--no-wait", confirming->no_wait, "With --server: do not wait for the sync to end.");
  finish_command(confirm, confirming, confirm_removals, OnSignal::kWorkCares);
}

void add_watch(Command& parent) {
  const auto flags = std::make_shared<SyncsFlags>();
  auto command = parent.command("watch", "Follows a sync of a running worker to its end.");
  command.argument("sync", flags->sync, "ID or syncs/ID.");
  finish_command(command, flags, watch_sync, OnSignal::kWorkCares);
}

void add_cancel(Command& parent) {
  const auto flags = std::make_shared<SyncsFlags>();
  auto command =
      parent.command("cancel", "Asks a sync of a running worker to stop after a clean checkpoint.");
  command.argument("sync", flags->sync, "ID or syncs/ID.");
  finish_command(command, flags, cancel_sync, OnSignal::kCancel);
}

} // namespace circuit::cli
