#include "ingest/accounts/accounts.h"

#include <algorithm>
#include <utility>

#include "ingest/accounts/confidential.h"
#include "ingest/accounts/deletion.h"
#include "ingest/state/error_message.h"

namespace circuit::accounts {

namespace v1 = circuit::feeds::v1;

namespace {

// A page of a listing, or what says who somebody is. It is not counted against engine.body_credit and never
// waits for it: an account is checked also while syncs have spent it all.
constexpr uint64_t kLargestAnswer = 8ull << 20;

// Authorized requests of one connection, outside of any sync.
class ConnectionApi final : public sync::Api {
 public:
  ConnectionApi(http::HttpTransport& http, std::string connection)
      : http_(http), connection_(std::move(connection)) {}

  Task<Result<http::Response>> fetch(http::Request request) override {
    request.connection = connection_;
    request.throttle_key = connection_;
    request.max_body_bytes = std::min(request.max_body_bytes, kLargestAnswer);
    co_return co_await http_.send(std::move(request));
  }

 private:
  http::HttpTransport& http_;
  std::string connection_;
};

Error unsupported(const char* reason, const v1::Connection& connection, const std::string& what) {
  return make_error(ErrorClass::kInvalid, reason,
                    "This worker cannot " + what + " accounts at " + connection.provider() + " yet",
                    "Nothing to do: the connection itself is kept and refreshed all the same.")
      .with("connection", connection.name())
      .with("provider", connection.provider());
}

// A report's error, as the answer to who wanted a connection that works.
Error as_error(const v1::ConnectionReport& report) {
  Error error = state::from_message(report.error(), ErrorClass::kAuth);
  if (error.reason.empty()) error.reason = "CONNECTION_CHECK_FAILED";
  if (error.message.empty()) error.message = "The provider did not accept the credential";
  return error;
}

} // namespace

Accounts::Accounts(AccountsSeams seams, AccountsOptions options)
    : seams_(std::move(seams)), options_(options), tasks_(seams_.loop.executor()) {}

Accounts::~Accounts() = default;

const sync::Provider* Accounts::find_provider(const std::string& name) const {
  const auto found = std::ranges::find_if(seams_.providers, [&](const sync::Provider* provider) {
    return provider->description().name() == name;
  });
  return found == seams_.providers.end() ? nullptr : *found;
}

Accounts::Answer<v1::Connection> Accounts::create(v1::CreateConnectionRequest request) {
  const WipeAtEnd wipe(request);
  const bool check = !request.no_check() && !request.validate_only();
  const SystemTime asked_at = seams_.loop.clock().now();
  auto creating = seams_.connections.create(std::move(request));
  auto created = co_await std::move(creating);
  if (!created || !check) co_return created;
  // The same request again has the answer that it had; only what this one has made is undone below.
  const auto& made = created->created_at();
  const SystemTime made_at{std::chrono::seconds(made.seconds()) +
                           std::chrono::microseconds(made.nanos() / 1000)};
  auto checking = created_and_checked(*std::move(created), made_at >= asked_at);
  co_return co_await std::move(checking);
}

Accounts::Answer<v1::Connection> Accounts::created_and_checked(v1::Connection connection, bool is_new) {
  auto asking = ask_provider(connection);
  auto report = co_await std::move(asking);
  const bool unknowable = !report && report.error().reason == "CONNECTION_CHECK_UNSUPPORTED";
  if (unknowable || (report && report->works())) {
    const auto resumed = co_await seams_.engine.resume_polls_of_connection(connection.name());
    if (!resumed) seams_.warning(resumed.error()); // their own backoff ends some time
    v1::GetConnectionRequest get_request;
    get_request.set_name(connection.name());
    auto getting = seams_.connections.get(std::move(get_request));
    co_return co_await std::move(getting);
  }
  Error why = report ? as_error(*report) : std::move(report).error();
  why.metadata["connection"] = connection.name();
  if (!is_new) co_return why;
  v1::DeleteConnectionRequest undo;
  undo.set_name(connection.name());
  auto undone = co_await seams_.connections.begin_deletion(std::move(undo));
  if (undone) {
    const auto gone = co_await seams_.connections.finish_deletion(connection.name());
    if (!gone) seams_.warning(gone.error());
  }
  if (why.next_step.empty()) {
    why.next_step = "Mend the credential and connect again, or store it unchecked with no_check.";
  }
  co_return why;
}

Accounts::Answer<v1::StartAuthorizationResponse> Accounts::start_authorization(
    v1::StartAuthorizationRequest request) {
  const WipeAtEnd wipe(request);
  auto starting = seams_.connections.start_authorization(std::move(request));
  co_return co_await std::move(starting);
}

Accounts::Answer<v1::Connection> Accounts::finish_authorization(v1::FinishAuthorizationRequest request) {
  const WipeAtEnd wipe(request);
  auto finishing = seams_.connections.finish_authorization(std::move(request));
  auto connection = co_await std::move(finishing);
  if (!connection) co_return connection;
  const auto resumed = co_await seams_.engine.resume_polls_of_connection(connection->name());
  if (!resumed) seams_.warning(resumed.error()); // their own backoff ends some time
  co_return connection;
}

Accounts::Answer<v1::Connection> Accounts::get(v1::GetConnectionRequest request) {
  auto getting = seams_.connections.get(std::move(request));
  co_return co_await std::move(getting);
}

Accounts::Answer<v1::ListConnectionsResponse> Accounts::list(v1::ListConnectionsRequest request) {
  auto listing = seams_.connections.list(std::move(request));
  co_return co_await std::move(listing);
}

Accounts::Answer<v1::SyncError> Accounts::approval_help(v1::GetConnectionRequest request) {
  auto asking = seams_.connections.approval_help(request.name());
  co_return co_await std::move(asking);
}

// Asks the provider, and writes down what it said.
Accounts::Answer<v1::ConnectionReport> Accounts::ask_provider(v1::Connection connection) {
  const sync::Provider* provider = find_provider(connection.provider());
  const auto account = provider == nullptr ? nullptr : provider->make_account(connection);
  if (account == nullptr) co_return unsupported("CONNECTION_CHECK_UNSUPPORTED", connection, "check");
  ConnectionApi api(seams_.http, connection.name());
  auto asking = account->check(api);
  auto report = co_await std::move(asking);
  if (!report) co_return report;
  report->set_connection(connection.name());
  auto recording = seams_.connections.record_check(*report);
  const auto recorded = co_await std::move(recording);
  if (!recorded) co_return recorded.error();
  co_return report;
}

Accounts::Answer<v1::ConnectionReport> Accounts::check(v1::CheckConnectionRequest request) {
  v1::GetConnectionRequest get_request;
  get_request.set_name(request.name());
  auto connection = co_await get(std::move(get_request));
  if (!connection) co_return std::move(connection).error();
  const v1::Connection::State before = connection->state();
  auto asking = ask_provider(*std::move(connection));
  auto report = co_await std::move(asking);
  const bool recovered = report && report->works() && before != v1::Connection::ACTIVE;
  if (recovered) {
    const auto resumed = co_await seams_.engine.resume_polls_of_connection(request.name());
    if (!resumed) seams_.warning(resumed.error());
  }
  co_return report;
}

Accounts::Answer<v1::BrowseResponse> Accounts::browse(v1::BrowseRequest request) {
  v1::GetConnectionRequest get_request;
  get_request.set_name(request.connection());
  auto connection = co_await get(std::move(get_request));
  if (!connection) co_return std::move(connection).error();
  const sync::Provider* provider = find_provider(connection->provider());
  const auto account = provider == nullptr ? nullptr : provider->make_account(*connection);
  if (account == nullptr) co_return unsupported("CONNECTION_BROWSE_UNSUPPORTED", *connection, "browse");
  ConnectionApi api(seams_.http, connection->name());
  auto browsing = account->browse(api, std::move(request));
  co_return co_await std::move(browsing);
}

} // namespace circuit::accounts
