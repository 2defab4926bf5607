// circuit-feeds connections list | show | check | delete | approve-help; browse; check

#include <memory>

#include "ingest/cli/collect.h"
#include "ingest/cli/commands.h"
#include "ingest/cli/exit_code.h"
#include "ingest/cli/output.h"
#include "ingest/cli/selection.h"
#include "ingest/cli/session.h"
#include "ingest/cli/show_connection.h"

namespace circuit::cli {

namespace v1 = circuit::feeds::v1;

namespace {

struct AccountFlags {
  ConnectionOptions connection;
  std::string name; // as typed
  std::string provider, parent, query, etag;
  bool forget = false, retract = false;

  bool json() const { return connection.json; }
  std::string connection_name() const { return resource_name("connections", name); }
};

using AccountFlagsPtr = std::shared_ptr<AccountFlags>;
using AccountWork = Task<int> (*)(Session&, const AccountFlags&);

int refuse_account(const Error& error, const AccountFlags& flags) {
  print_error(error, flags.json());
  return exit_code_of(error);
}

Task<int> list_connections(Session& session, const AccountFlags& flags) {
  std::vector<TableRow> rows = {connection_heading()};
  const auto list = [&](std::string token) {
    v1::ListConnectionsRequest request;
    request.set_provider(flags.provider);
    request.set_page_size(kListPage);
    request.set_page_token(std::move(token));
    return session.control.list_connections(std::move(request));
  };
  const auto show = [&](const v1::ListConnectionsResponse& page) {
    for (const auto& connection : page.connections()) {
      if (flags.json())
        print_json(connection);
      else
        rows.push_back(connection_row(connection));
    }
  };
  const auto listed = co_await for_each_page(list, show);
  if (!listed) co_return refuse_account(listed.error(), flags);
  if (!flags.json()) print_table(rows);
  co_return kDone;
}

Task<int> show_one_connection(Session& session, const AccountFlags& flags) {
  v1::GetConnectionRequest request;
  request.set_name(flags.connection_name());
  auto getting = session.control.get_connection(std::move(request));
  const auto connection = co_await std::move(getting);
  if (!connection) co_return refuse_account(connection.error(), flags);
  show_connection(*connection, flags.json());
  co_return kDone;
}

Task<int> check_account(Session& session, const AccountFlags& flags) {
  v1::CheckConnectionRequest request;
  request.set_name(flags.connection_name());
  auto checking = session.control.check_connection(std::move(request));
  const auto report = co_await std::move(checking);
  if (!report) co_return refuse_account(report.error(), flags);
  show_report(*report, flags.json());
  co_return report->works() ? kDone : kFailed;
}

Task<int> help_to_approve(Session& session, const AccountFlags& flags) {
  v1::GetConnectionRequest request;
  request.set_name(flags.connection_name());
  auto asking = session.control.approval_help(std::move(request));
  const auto help = co_await std::move(asking);
  if (!help) co_return refuse_account(help.error(), flags);
  show_approval_help(*help, flags.json());
  co_return kDone;
}

Task<int> delete_connection(Session& session, const AccountFlags& flags) {
  v1::DeleteConnectionRequest request;
  request.set_name(flags.connection_name());
  request.set_etag(flags.etag);
  request.set_forget_feeds(flags.forget || flags.retract);
  request.set_retract_documents(flags.retract);
  auto deleting = session.control.delete_connection(std::move(request));
  const auto response = co_await std::move(deleting);
  if (!response) co_return refuse_account(response.error(), flags);
  show_deletion(flags.connection_name(), *response, flags.json());
  co_return kDone;
}

Task<int> browse_account(Session& session, const AccountFlags& flags) {
  std::vector<TableRow> rows = {browse_heading()};
  const auto list = [&](std::string token) {
    v1::BrowseRequest request;
    request.set_connection(flags.connection_name());
    request.set_parent(flags.parent);
    request.set_query(flags.query);
    request.set_page_size(kListPage);
    request.set_page_token(std::move(token));
    return session.control.browse(std::move(request));
  };
  const auto show = [&](const v1::BrowseResponse& page) {
    for (const auto& item : page.items()) {
      if (flags.json())
        print_json(item);
      else
        rows.push_back(browse_row(item));
    }
  };
  const auto listed = co_await for_each_page(list, show);
  if (!listed) co_return refuse_account(listed.error(), flags);
  if (!flags.json()) print_table(rows);
  co_return kDone;
}

Command& add_account_work(Command& command, const AccountFlagsPtr& flags, AccountWork work, bool names_one) {
  if (names_one) command.argument("connection", flags->name, "NAME or connections/NAME.");
  add_connection_flags(command, flags->connection);
  return command.action([flags, work] {
    SessionOptions options;
    options.connection = flags->connection;
    return run_session(options, [&](Session& session) { return work(session, *flags); });
  });
}

} // namespace

void add_connections(Command& parent) {
  auto connections = parent.command("connections", "Lists, checks and disconnects connected accounts.");
  const auto listing = std::make_shared<AccountFlags>();
  auto list = connections.command("list", "Lists all connections.");
  list.text("--provider", listing->provider, "PROVIDER", "Only those of this provider.");
  add_account_work(list, listing, list_connections, false);

  auto show = connections.command("show", "Shows one connection. Secrets are never shown.");
  add_account_work(show, std::make_shared<AccountFlags>(), show_one_connection, true);
  auto check = connections.command("check", "Asks the provider whether it works, and what it lacks.");
  add_account_work(check, std::make_shared<AccountFlags>(), check_account, true);
  auto help = connections.command("approve-help", "Says what an administrator has to do to approve it.");
  add_account_work(help, std::make_shared<AccountFlags>(), help_to_approve, true);

  const auto deleting = std::make_shared<AccountFlags>();
  auto remove = connections.command(
      "delete", "Disconnects: stops its syncs, revokes the grant, and destroys the stored credential.");
  remove.flag("--forget", deleting->forget, "Delete its feeds too. What they delivered stays at their sinks.")
      .flag("--retract", deleting->retract, "Remove what its feeds delivered first; implies --forget.")
      .text("--etag", deleting->etag, "ETAG", "Delete only if nobody changed it since.");
  add_account_work(remove, deleting, delete_connection, true);
}

void add_check(Command& parent) {
  auto check = parent.command("check", "Asks the provider whether a connection works, and what it lacks.");
  add_account_work(check, std::make_shared<AccountFlags>(), check_account, true);
}

void add_browse(Command& parent) {
  const auto flags = std::make_shared<AccountFlags>();
  auto browse = parent.command("browse", "Lists what a selection could name in a connected account.");
  browse.argument("connection", flags->name, "NAME or connections/NAME.");
  browse.optional_argument("parent", flags->parent, "The id of what to look into. Default: the top.");
  browse.text("--query", flags->query, "TEXT", "Only items whose name contains this.");
  add_account_work(browse, flags, browse_account, false);
}

} // namespace circuit::cli
