#include "tests/ingest/credentials/connections_world.h"

#include <stdexcept>

#include "ingest/http/egress.h"

namespace circuit::credentials::testing {

namespace {

Field field(const char* name, bool required, bool secret = false) {
  Field made;
  made.name = name;
  made.description = "What the test is about";
  made.required = required;
  made.secret = secret;
  return made;
}

} // namespace

Profile example_profile() {
  Profile profile;
  profile.provider = "example";
  profile.display_name = "Example";
  profile.hosts = {"api.example", "auth.example"};
  profile.named_hosts = profile.hosts;
  profile.base_url = "https://api.example";
  profile.review_places = {{"user", "Account settings, connected applications", "https://auth.example/apps"}};
  profile.approval.emplace();
  profile.approval->when = "an administrator must approve the application";
  profile.approval->roles = {"Administrator"};
  profile.approval->signs = {{"access_denied", "policy", "a policy of the organization forbids it",
                              ApprovalSign::Who::kAdministrator}};

  Method oauth;
  oauth.name = "oauth2";
  oauth.scopes = {{"files.read", "to read files", "files", true},
                  {"mail.read", "to read mail", "mail", false}};
  oauth.oauth.emplace();
  oauth.oauth->authorization_endpoint = "https://auth.example/authorize";
  oauth.oauth->token_endpoint = "https://auth.example/token";
  oauth.oauth->revocation = {Revocation::Kind::kRfc7009, "https://auth.example/revoke", true};
  oauth.oauth->rotates_refresh_token = true;
  oauth.account = {"https://auth.example/userinfo", "/email", {}, false, "", ""};
  profile.methods.push_back(std::move(oauth));

  Method token;
  token.name = "token";
  token.fields = {field("token", true, true), field("base_url", false)};
  profile.methods.push_back(std::move(token));

  Method basic;
  basic.name = "basic";
  basic.application = Application::kBasic;
  basic.username_parameter = "email";
  basic.fields = {field("email", true), field("token", true, true)};
  profile.methods.push_back(std::move(basic));

  Method robot;
  robot.name = "app-only";
  robot.fields = {field("client_id", true), field("client_secret", true, true)};
  robot.assertion.emplace();
  robot.assertion->kind = AssertionProfile::Kind::kClientSecret;
  robot.assertion->token_endpoint = "https://auth.example/token";
  profile.methods.push_back(std::move(robot));
  return profile;
}

// The wire: nothing arrives once the power is gone.
class ConnectionsWorld::Wire final : public http::HttpTransport {
 public:
  Wire(ConnectionsWorld& world, http::HttpTransport& next) : world_(world), egress_(next) {}
  Task<Result<http::Response>> send(http::SharedRequest request) override {
    if (!world_.power) co_return gone();
    if (world_.keep_seen) world_.seen.push_back(request->method + " " + request->url);
    auto sending = egress_.send(std::move(request));
    auto response = co_await std::move(sending);
    if (!world_.power) co_return gone();
    co_return response;
  }

 private:
  static Error gone() { return make_error(ErrorClass::kCorrupt, "POWER_LOST", "The power is gone", ""); }
  ConnectionsWorld& world_;
  http::EgressLayer egress_;
};

class ConnectionsWorld::PoweredStore final : public state::StateStore {
 public:
  PoweredStore(ConnectionsWorld& world, StateStore& next) : world_(world), next_(next) {}
  Task<Result<std::optional<std::string>>> get(state::Table table, std::string key) override {
    if (!world_.power) co_return gone();
    co_return co_await next_.get(table, std::move(key));
  }
  Task<Result<std::vector<std::optional<std::string>>>> multi_get(state::Table table,
                                                                  std::vector<std::string> keys) override {
    if (!world_.power) co_return gone();
    co_return co_await next_.multi_get(table, std::move(keys));
  }
  Task<Result<std::vector<state::Row>>> scan(state::ScanRequest request) override {
    if (!world_.power) co_return gone();
    co_return co_await next_.scan(std::move(request));
  }
  Task<Result<void>> commit(state::Batch batch) override {
    if (!world_.power) co_return gone();
    auto committing = next_.commit(std::move(batch));
    auto written = co_await std::move(committing);
    if (!world_.power) co_return gone();
    co_return written;
  }
  Task<Result<void>> purge(std::vector<state::Table> tables) override {
    if (!world_.power) co_return gone();
    co_return co_await next_.purge(std::move(tables));
  }

 private:
  static Error gone() { return make_error(ErrorClass::kCorrupt, "POWER_LOST", "The power is gone", ""); }
  ConnectionsWorld& world_;
  StateStore& next_;
};

ConnectionsWorld::ConnectionsWorld(uint64_t seed, providers::AuthorizationServerOptions server_options)
    : random(seed), server(server_options, random), key_(generate_key_line(random)) {
  application.client_id = server_options.client_id;
  application.client_secret = Secret(server_options.client_secret);
  store_faults.commit_latency_max = Duration(2'000);
}

ConnectionsWorld::~ConnectionsWorld() {
  if (connections) stop();
}

void ConnectionsWorld::boot() {
  power = true;
  ++life_;
  std::vector<Secret> lines;
  lines.push_back(key_.copy());
  keyring = std::make_unique<Keyring>(*Keyring::of(std::move(lines)));
  store = std::make_unique<state::MemoryStore>(disk, loop, random, store_faults);
  powered = std::make_unique<PoweredStore>(*this, *store);
  network =
      std::make_unique<providers::SimulatedTransport>(loop.clock(), random.next(), providers::LatencyRange{});
  network->route("auth.example", server);
  network->route("*.example", server);
  wire = std::make_unique<Wire>(*this, *network);
  auth = std::make_unique<http::AuthLayer>(*wire);
  api = std::make_unique<http::RetryLayer>(*auth, loop.clock(), random, http::RetryPolicy{.max_attempts = 1},
                                           http::RetryBudget::Options{});
  vault = std::make_unique<Vault>(*powered, *keyring, random);
  ConnectionsSeams seams{loop, random, *powered, *wire, *vault, {profile}, {}, {}, {}};
  seams.application = [this](const std::string&) { return &application; };
  seams.warning = [this](const Error& error) {
    if (power) warnings.push_back(error);
  };
  connections = std::make_unique<Connections>(std::move(seams), options);
  auth->use(*connections);
  auto started = run(connections->start());
  if (!started) throw std::runtime_error(started.error().to_string());
}

namespace {

Task<bool> stop_task(Connections* connections) {
  co_await connections->stop();
  co_return true;
}

} // namespace

void ConnectionsWorld::stop() {
  run(stop_task(connections.get()));
  loop.run_ready();
  connections.reset();
  power = false;
}

void ConnectionsWorld::crash() {
  power = false;
  disk.crash(random);
  // What still runs is unwound in a world where nothing has an effect any more.
  stop();
}

Result<v1::StartAuthorizationResponse> ConnectionsWorld::start_authorization(const std::string& name) {
  v1::StartAuthorizationRequest request;
  request.mutable_connection()->set_name(name);
  request.mutable_connection()->set_provider("example");
  request.set_redirect_uri("https://app.example.com/back");
  return run(connections->start_authorization(std::move(request)));
}

Result<v1::Connection> ConnectionsWorld::finish(const std::string& redirect_url) {
  v1::FinishAuthorizationRequest request;
  request.set_redirect_url(redirect_url);
  return run(connections->finish_authorization(std::move(request)));
}

Result<v1::Connection> ConnectionsWorld::connect(const std::string& name, const std::string& account) {
  auto started = start_authorization(name);
  if (!started) return std::move(started).error();
  return finish(server.consent(started->authorization_url(), account, now()));
}

Result<v1::Connection> ConnectionsWorld::create_with_token(const std::string& name, const std::string& token,
                                                           const std::string& request_id) {
  v1::CreateConnectionRequest request;
  request.mutable_connection()->set_name(name);
  request.mutable_connection()->set_provider("example");
  request.mutable_connection()->set_method("token");
  (*request.mutable_secrets()->mutable_values())["token"] = token;
  request.set_request_id(request_id);
  return run(connections->create(std::move(request)));
}

v1::Connection ConnectionsWorld::get(const std::string& name) {
  v1::GetConnectionRequest request;
  request.set_name(name);
  auto found = run(connections->get(std::move(request)));
  return found ? *found : v1::Connection();
}

Result<v1::DeleteConnectionResponse> ConnectionsWorld::disconnect(const std::string& name) {
  v1::DeleteConnectionRequest request;
  request.set_name(name);
  auto begun = run(connections->begin_deletion(std::move(request)));
  if (!begun) return std::move(begun).error();
  return run(connections->finish_deletion(name));
}

http::Request ConnectionsWorld::api_request(const std::string& connection, const std::string& url) {
  http::Request request;
  request.url = url;
  request.connection = connection;
  return request;
}

std::string ConnectionsWorld::ask(const std::string& connection) {
  auto response = run(api->send(api_request(connection)));
  return response ? std::to_string(response->status) : response.error().reason;
}

std::string ConnectionsWorld::stored_refresh_token(const std::string& name) {
  auto stored = run(load_connection(*powered, name));
  if (!stored) return stored.error().reason;
  auto credential = run(vault->open(name, stored->state.credential_version()));
  if (!credential) return credential.error().reason;
  const Secret* token = credential->find("refresh_token");
  return token ? std::string(token->reveal()) : "";
}

} // namespace circuit::credentials::testing
