// circuit-feeds feeds list | show | create | update | delete | reset | dead-letters | retry

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

struct FeedFlags {
  ConnectionOptions connection;
  SelectionFlags selection;
  std::string provider;
  std::vector<std::string> values;
  std::string feed; // as typed
  std::string name;
  std::string etag;
  std::optional<Duration> poll;
  std::optional<double> max_removal_share;
  std::vector<std::string> labels;
  bool no_poll = false;
  bool pause = false;
  bool resume = false;
  bool validate_only = false;
  bool no_wait = false;

  bool json() const { return connection.json; }
  std::string feed_name() const { return resource_name("feeds", feed); }
};
using Flags = std::shared_ptr<FeedFlags>;

int report(const Error& error, const FeedFlags& flags) {
  print_error(error, flags.json());
  return exit_code_of(error);
}

// "team=search" into the feed's labels.
Result<void> add_labels(const std::vector<std::string>& labels, v1::Feed& feed) {
  for (const auto& label : labels) {
    const size_t equals = label.find('=');
    if (equals == std::string::npos || equals == 0) {
      return make_error(ErrorClass::kInvalid, "LABEL_MALFORMED", "--label " + label + " has no key and value",
                        "Write --label KEY=VALUE.");
    }
    (*feed.mutable_labels())[label.substr(0, equals)] = label.substr(equals + 1);
  }
  return {};
}

void set_poll_interval(Duration interval, v1::Feed& feed) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(interval);
  feed.mutable_poll_interval()->set_seconds(seconds.count());
  feed.mutable_poll_interval()->set_nanos(static_cast<int32_t>((interval - seconds).count()) * 1000);
}

Task<int> list_feeds(Session& session, const FeedFlags& flags) {
  std::vector<TableRow> rows = {feed_heading()};
  const auto list = [&](std::string token) {
    v1::ListFeedsRequest request;
    request.set_page_size(kListPage);
    request.set_page_token(std::move(token));
    return session.control.list_feeds(std::move(request));
  };
  const auto show = [&](const v1::ListFeedsResponse& page) {
    for (const auto& feed : page.feeds()) {
      if (flags.json())
        print_json(feed);
      else
        rows.push_back(feed_row(feed));
    }
  };
  const auto listed = co_await for_each_page(list, show);
  if (!listed) co_return report(listed.error(), flags);
  if (!flags.json()) print_table(rows);
  co_return kDone;
}

Task<int> show_one(Session& session, const FeedFlags& flags) {
  v1::GetFeedRequest request;
  request.set_name(flags.feed_name());
  const auto feed = co_await session.control.get_feed(std::move(request));
  if (!feed) co_return report(feed.error(), flags);
  show_feed(*feed, flags.json());
  co_return kDone;
}

Task<int> create_feeds(Session& session, const FeedFlags& flags, std::vector<v1::Feed> feeds) {
  for (auto& feed : feeds) {
    v1::CreateFeedRequest request;
    request.set_validate_only(flags.validate_only);
    *request.mutable_feed() = std::move(feed);
    const auto created = co_await session.control.create_feed(std::move(request));
    if (!created) co_return report(created.error(), flags);
    show_feed(*created, flags.json());
  }
  co_return kDone;
}

Task<int> update_feed(Session& session, const FeedFlags& flags, v1::UpdateFeedRequest request) {
  if (changes_selection(flags.selection)) { // what the flags mean is its provider's to say
    v1::GetFeedRequest get;
    get.set_name(flags.feed_name());
    const auto feed = co_await session.control.get_feed(std::move(get));
    if (!feed) co_return report(feed.error(), flags);
    const auto changed = change_selection(flags.selection, feed->provider(), *request.mutable_feed(),
                                          *request.mutable_update_mask());
    if (!changed) co_return report(changed.error(), flags);
  }
  const auto updated = co_await session.control.update_feed(std::move(request));
  if (!updated) co_return report(updated.error(), flags);
  show_feed(*updated, flags.json());
  co_return kDone;
}

Task<int> delete_feed(Session& session, const FeedFlags& flags) {
  v1::DeleteFeedRequest request;
  request.set_name(flags.feed_name());
  request.set_etag(flags.etag);
  const auto deleted = co_await session.control.delete_feed(std::move(request));
  if (!deleted) co_return report(deleted.error(), flags);
  if (!flags.json())
    std::printf("%s is deleted. What it delivered stays at its sink.\n", flags.feed_name().c_str());
  co_return kDone;
}

Task<int> reset_feed(Session& session, const FeedFlags& flags) {
  v1::ResetFeedRequest request;
  request.set_name(flags.feed_name());
  request.set_etag(flags.etag);
  const auto feed = co_await session.control.reset_feed(std::move(request));
  if (!feed) co_return report(feed.error(), flags);
  show_feed(*feed, flags.json());
  co_return kDone;
}

Task<int> list_dead_letters(Session& session, const FeedFlags& flags) {
  std::vector<TableRow> rows = {dead_letter_heading()};
  const auto list = [&](std::string token) {
    v1::ListDeadLettersRequest request;
    request.set_feed(flags.feed_name());
    request.set_page_size(kListPage);
    request.set_page_token(std::move(token));
    return session.control.list_dead_letters(std::move(request));
  };
  const auto show = [&](const v1::ListDeadLettersResponse& page) {
    for (const auto& letter : page.dead_letters()) {
      if (flags.json())
        print_json(letter);
      else
        rows.push_back(dead_letter_row(letter));
    }
  };
  const auto listed = co_await for_each_page(list, show);
  if (!listed) co_return report(listed.error(), flags);
  if (!flags.json()) print_table(rows);
  co_return kDone;
}

Task<int> retry_dead_letters(Session& session, const FeedFlags& flags) {
  v1::RetryDeadLettersRequest request;
  request.set_feed(flags.feed_name());
  auto sync = co_await session.control.retry_dead_letters(std::move(request));
  if (!sync) co_return report(sync.error(), flags);
  if (flags.no_wait && session.remote) {
    show_sync(*sync, flags.json());
    co_return kDone;
  }
  std::vector<FollowedSync> followed(1);
  followed[0] = {flags.feed_name(), *std::move(sync)};
  FollowOptions options;
  options.json = flags.json();
  co_return co_await follow(session, std::move(followed), options);
}

int run(const FeedFlags& flags, Work work, OnSignal on_signal = OnSignal::kCancel) {
  SessionOptions options;
  options.connection = flags.connection;
  options.on_signal = on_signal;
  return run_session(options, work);
}

int run_create(FeedFlags& flags) {
  if (!flags.connection.remote()) flags.selection.sink = absolute_sink(flags.selection.sink);
  auto feeds = make_feeds(flags.provider, flags.values, flags.selection);
  if (!feeds) return report(feeds.error(), flags);
  if (!flags.name.empty() && feeds->size() > 1) {
    return report(
        make_error(ErrorClass::kInvalid, "ONE_NAME_FOR_MANY", "--name names one feed, but several are given",
                   "Create them one by one, or leave the names to the worker."),
        flags);
  }
  for (auto& feed : *feeds) {
    if (!flags.name.empty()) feed.set_name(resource_name("feeds", flags.name));
    if (flags.poll) set_poll_interval(*flags.poll, feed);
    if (flags.max_removal_share) feed.set_max_removal_share(*flags.max_removal_share);
    if (const auto labelled = add_labels(flags.labels, feed); !labelled)
      return report(labelled.error(), flags);
  }
  return run(flags, [&](Session& session) { return create_feeds(session, flags, *feeds); });
}

int run_update(FeedFlags& flags) {
  v1::UpdateFeedRequest request;
  auto& feed = *request.mutable_feed();
  auto& mask = *request.mutable_update_mask();
  feed.set_name(flags.feed_name());
  feed.set_etag(flags.etag);
  request.set_validate_only(flags.validate_only);
  if (!flags.selection.sink.empty()) {
    feed.set_sink(flags.connection.remote() ? flags.selection.sink : absolute_sink(flags.selection.sink));
    mask.add_paths("sink");
  }
  if (flags.poll || flags.no_poll) mask.add_paths("poll_interval");
  if (flags.poll) set_poll_interval(*flags.poll, feed);
  if (flags.max_removal_share) {
    feed.set_max_removal_share(*flags.max_removal_share);
    mask.add_paths("max_removal_share");
  }
  if (!flags.labels.empty()) {
    if (const auto labelled = add_labels(flags.labels, feed); !labelled)
      return report(labelled.error(), flags);
    mask.add_paths("labels");
  }
  if (flags.pause || flags.resume) {
    feed.set_state(flags.pause ? v1::Feed::PAUSED : v1::Feed::ACTIVE);
    mask.add_paths("state");
  }
  if (mask.paths().empty() && !changes_selection(flags.selection)) {
    return report(make_error(ErrorClass::kInvalid, "NOTHING_TO_UPDATE", "No change is given",
                             "Add a flag such as --poll 15m, --prefix, --sink or --pause."),
                  flags);
  }
  return run(flags, [&](Session& session) { return update_feed(session, flags, request); });
}

void add_update_flags(Command& command, FeedFlags& flags) {
  command.duration("--poll", flags.poll, "Sync by itself this often, such as 15m (while `serve` runs).")
      .share("--max-removal-share", flags.max_removal_share,
             "Hold sweeps that would remove more than this share; 1 never holds.")
      .texts("--label", flags.labels, "KEY=VALUE", "A label of yours; may be given several times.")
      .flag("--validate-only", flags.validate_only, "Check everything and change nothing.");
}

using Coroutine = Task<int> (*)(Session&, const FeedFlags&);

// A command on one feed, or on none.
Command& add_simple(Command& command, const Flags& flags, Coroutine coroutine, bool names_feed,
                    OnSignal on_signal = OnSignal::kCancel) {
  if (names_feed) command.argument("feed", flags->feed, "NAME or feeds/NAME.");
  add_connection_flags(command, flags->connection);
  return command.action([flags, coroutine, on_signal] {
    return run(
        *flags, [&](Session& session) { return coroutine(session, *flags); }, on_signal);
  });
}

void add_create(Command& feeds) {
  const auto flags = std::make_shared<FeedFlags>();
  auto command = feeds.command("create", "Makes feeds: rss URL..., azure-blob --connection NAME, ...");
  command.argument("provider", flags->provider, "The provider, such as rss.");
  command.optional_arguments("selection", flags->values,
                             "rss: one or more addresses. What others pull is said by flags.");
  command.text("--name", flags->name, "NAME",
               "The feed's name; made from the selection where none is given.");
  add_selection_flags(command, flags->selection);
  add_update_flags(command, *flags);
  add_connection_flags(command, flags->connection);
  command.action([flags] { return run_create(*flags); });
}

void add_update(Command& feeds) {
  const auto flags = std::make_shared<FeedFlags>();
  auto command = feeds.command("update", "Changes a feed's settings.");
  command.argument("feed", flags->feed, "NAME or feeds/NAME.");
  command.text("--sink", flags->selection.sink, "SINK", "Where documents go from now on.");
  add_changeable_flags(command, flags->selection);
  command.texts("--clear", flags->selection.cleared, "FLAG",
                "A flag of the selection to take back, such as prefix or with-versions.");
  add_update_flags(command, *flags);
  command.flag("--no-poll", flags->no_poll, "Sync only when asked.")
      .flag("--pause", flags->pause, "Do not sync by itself until --resume.")
      .flag("--resume", flags->resume, "Sync by itself again.")
      .text("--etag", flags->etag, "ETAG", "Change only if nobody else has since.")
      .exclusive("--no-poll", "--poll")
      .exclusive("--pause", "--resume");
  add_connection_flags(command, flags->connection);
  command.action([flags] { return run_update(*flags); });
}

} // namespace

void add_feeds(Command& parent) {
  auto feeds = parent.command("feeds", "Lists, makes and changes feeds.");
  auto list = feeds.command("list", "Lists all feeds.");
  add_simple(list, std::make_shared<FeedFlags>(), list_feeds, false);
  auto show = feeds.command("show", "Shows one feed.");
  add_simple(show, std::make_shared<FeedFlags>(), show_one, true);
  add_create(feeds);
  add_update(feeds);

  const auto deleting = std::make_shared<FeedFlags>();
  auto remove = feeds.command("delete", "Deletes a feed and what is known of it. Delivered documents stay.");
  remove.text("--etag", deleting->etag, "ETAG", "Delete only if nobody changed it since.");
  add_simple(remove, deleting, delete_feed, true);

  const auto resetting = std::make_shared<FeedFlags>();
  auto reset = feeds.command("reset", "Forgets what was delivered: the next sync delivers everything again.");
  reset.text("--etag", resetting->etag, "ETAG", "Reset only if nobody changed it since.");
  add_simple(reset, resetting, reset_feed, true);

  auto letters = feeds.command("dead-letters", "Lists the documents that could not be delivered, and why.");
  add_simple(letters, std::make_shared<FeedFlags>(), list_dead_letters, true);

  const auto retrying = std::make_shared<FeedFlags>();
  auto retry = feeds.command("retry", "Reads the dead-lettered documents of a feed again.");
  retry.flag("--no-wait", retrying->no_wait, "With --server: do not wait for the sync to end.");
  add_simple(retry, retrying, retry_dead_letters, true, OnSignal::kWorkCares);
}

} // namespace circuit::cli
