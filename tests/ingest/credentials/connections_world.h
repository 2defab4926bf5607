#pragma once
// A worker's connections in virtual time, with a simulated authorization server, a store that loses what was
// not synced, and a switch for the power.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ingest/credentials/connection_records.h"
#include "ingest/credentials/connections.h"
#include "ingest/http/retry.h"
#include "ingest/runtime/virtual_loop.h"
#include "ingest/state/memory_store.h"
#include "tests/ingest/state/running.h"
#include "tests/providers/oauth/authorization_server.h"
#include "tests/providers/simulated_transport.h"

namespace circuit::credentials::testing {

// "example": oauth2 against auth.example, its API at api.example; and methods that take secrets.
Profile example_profile();

class ConnectionsWorld {
 public:
  explicit ConnectionsWorld(uint64_t seed = 1, providers::AuthorizationServerOptions server_options = {});
  ~ConnectionsWorld();

  // A process begins; stop() lets it end in good order, crash() takes the power away, with part of what it
  // had not synced.
  void boot();
  void stop();
  void crash();
  void restart() { stop(), boot(); }

  template <class T>
  T run(Task<T> task) {
    return state::testing::run(loop, std::move(task));
  }
  void run_for(Duration duration) { run(pass(duration)); }
  Task<bool> pass(Duration duration) {
    co_await loop.clock().sleep_for(duration);
    co_return true;
  }
  SystemTime now() { return loop.clock().now(); }

  // Goes through the whole consent; the connection's message as FinishAuthorization gives it.
  Result<v1::Connection> connect(const std::string& name, const std::string& account = "ann@example.com");
  Result<v1::StartAuthorizationResponse> start_authorization(const std::string& name);
  Result<v1::Connection> finish(const std::string& redirect_url);
  Result<v1::Connection> create_with_token(const std::string& name, const std::string& token,
                                           const std::string& request_id = "");
  v1::Connection get(const std::string& name);
  Result<v1::DeleteConnectionResponse> disconnect(const std::string& name);
  // A feed's request to /api: the status, or the error's reason.
  std::string ask(const std::string& connection);
  http::Request api_request(const std::string& connection,
                            const std::string& url = "https://api.example/api");

  // Makes an ACTIVE connection whose tokens the server knows, without consent and its requests.
  std::string stored_refresh_token(const std::string& name);

  VirtualLoop loop;
  SeededRandom random;
  Profile profile = example_profile();
  state::MemoryFaults store_faults;
  ConnectionsOptions options;
  OAuthApplication application;
  providers::AuthorizationServer server;
  state::MemoryDisk disk;
  std::vector<Error> warnings;
  uint64_t exchanges_seen = 0;
  std::vector<std::string> seen; // "POST https://..." of each request that reached the wire
  bool keep_seen = true;

  class Wire;
  class PoweredStore;
  bool power = false;
  std::unique_ptr<Keyring> keyring;
  std::unique_ptr<state::MemoryStore> store;
  std::unique_ptr<PoweredStore> powered;
  std::unique_ptr<providers::SimulatedTransport> network;
  std::unique_ptr<Wire> wire;
  std::unique_ptr<http::AuthLayer> auth;
  std::unique_ptr<http::RetryLayer>
      api; // above it: sends again with a renewed credential, and for nothing else
  std::unique_ptr<Vault> vault;
  std::unique_ptr<Connections> connections;

 private:
  Secret key_;
  uint64_t life_ = 0;
};

} // namespace circuit::credentials::testing
