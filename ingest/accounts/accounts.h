#pragma once
// Connections and the feeds that are read through them, joined: the engine knows no credentials, and who
// keeps the credentials knows no feeds. What the API and the command line ask of connections is answered
// here.
//
// One per worker, on the engine's loop; engine, connections, HTTP layers and providers outlive it. No answer
// contains a secret; what comes in is wiped when it was handed on. Errors: those of credentials/connections.h
// and of the providers' clients; INVALID CONNECTION_CHECK_UNSUPPORTED, CONNECTION_BROWSE_UNSUPPORTED,
// RETRACT_WITHOUT_FORGET; what a check finds, or CONNECTION_CHECK_FAILED.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "circuit/feeds/v1/services.pb.h"
#include "ingest/credentials/connections.h"
#include "ingest/http/transport.h"
#include "ingest/runtime/event.h"
#include "ingest/runtime/task_group.h"
#include "ingest/sync/engine.h"

namespace circuit::accounts {

struct AccountsSeams {
  Loop& loop;
  sync::Engine& engine;
  credentials::Connections& connections;
  // The layers with auth, which attach the connection's credential.
  http::HttpTransport& http;
  std::vector<const sync::Provider*> providers;
  std::function<void(const Error&)> warning;
};

struct AccountsOptions {
  // A deletion that could not be brought to its end is tried again after this, then after twice as long, ...
  Duration retry_first = std::chrono::seconds(30);
  Duration retry_longest = std::chrono::minutes(30);
};

class Accounts {
 public:
  explicit Accounts(AccountsSeams seams, AccountsOptions options = {});
  ~Accounts(); // stop() has returned, or the loop will never run again

  // After the engine's and the connections'. Goes on with deletions that a restart interrupted.
  Task<Result<void>> start();
  Task<void> stop(); // before theirs

  template <class T>
  using Answer = Task<Result<T>>;

  // Unless no_check, a connection that does not work is not kept, and why it does not is the answer.
  Answer<circuit::feeds::v1::Connection> create(circuit::feeds::v1::CreateConnectionRequest request);
  Answer<circuit::feeds::v1::StartAuthorizationResponse> start_authorization(
      circuit::feeds::v1::StartAuthorizationRequest request);
  // Its polled feeds, which had been left in peace, are due afterwards.
  Answer<circuit::feeds::v1::Connection> finish_authorization(
      circuit::feeds::v1::FinishAuthorizationRequest request);
  Answer<circuit::feeds::v1::Connection> get(circuit::feeds::v1::GetConnectionRequest request);
  Answer<circuit::feeds::v1::ListConnectionsResponse> list(
      circuit::feeds::v1::ListConnectionsRequest request);
  Answer<circuit::feeds::v1::SyncError> approval_help(circuit::feeds::v1::GetConnectionRequest request);
  Answer<circuit::feeds::v1::ConnectionReport> check(circuit::feeds::v1::CheckConnectionRequest request);
  Answer<circuit::feeds::v1::BrowseResponse> browse(circuit::feeds::v1::BrowseRequest request);
  // Goes on when its caller goes away, and after a restart. A step that fails (a sink that takes no removals)
  // is tried again in the background until it works; asking again tries it now.
  Answer<circuit::feeds::v1::DeleteConnectionResponse> remove(
      circuit::feeds::v1::DeleteConnectionRequest request);

 private:
  using Response = circuit::feeds::v1::DeleteConnectionResponse;
  struct Deletion;
  using DeletionPtr = std::shared_ptr<Deletion>;

  const sync::Provider* find_provider(const std::string& name) const;
  Answer<circuit::feeds::v1::ConnectionReport> ask_provider(circuit::feeds::v1::Connection connection);
  Answer<circuit::feeds::v1::Connection> created_and_checked(circuit::feeds::v1::Connection connection,
                                                             bool is_new);
  DeletionPtr begin(circuit::feeds::v1::DeleteConnectionRequest request);
  Task<void> drive(DeletionPtr deletion);
  Answer<Response> bring_to_its_end(DeletionPtr deletion);
  Task<Result<void>> forget_feeds(std::string connection);
  Task<Result<int64_t>> retract_documents(std::string connection);

  AccountsSeams seams_;
  AccountsOptions options_;
  std::map<std::string, DeletionPtr> deletions_; // by connection
  TaskGroup tasks_;
};

} // namespace circuit::accounts
