// What authorizing costs: the HTTP layers of a worker with a connection's token attached to each request,
// against the same requests with a token that the caller wrote there. Real connections, vault, layers and
// transport; the records are in memory, and nothing is throttled.

#include <boost/asio/co_spawn.hpp>
#include <memory>
#include <stdexcept>

#include "ingest/credentials/connections.h"
#include "ingest/http/curl_transport.h"
#include "ingest/http/stack.h"
#include "ingest/runtime/system_loop.h"
#include "ingest/runtime/task_group.h"
#include "ingest/state/memory_store.h"
#include "tests/bench/cases.h"
#include "tests/bench/child.h"

namespace circuit::bench {
namespace {

constexpr int kAuthorizedAtATime = 64;
constexpr int kAuthorizedRequests = 5'000;
constexpr const char* kConnection = "connections/bench";
constexpr const char* kToken = "a-token-of-the-usual-length-0123456789";

credentials::Profile bench_profile() {
  credentials::Profile profile;
  profile.provider = "bench";
  profile.display_name = "Bench";
  profile.hosts = {"127.0.0.1"};
  credentials::Method method;
  method.name = "token";
  method.application = credentials::Application::kBearer;
  credentials::Field token;
  token.name = "token";
  token.required = token.secret = true;
  method.fields.push_back(std::move(token));
  profile.methods.push_back(std::move(method));
  return profile;
}

// A worker's part that authorizes, with one connection.
class Authorizing {
 public:
  Authorizing() {
    auto transport = http::CurlTransport::create(loop, {});
    if (!transport) throw std::runtime_error(transport.error().message);
    http::StackOptions options_of_stack;
    options_of_stack.throttle.limits.initial_concurrency = kAuthorizedAtATime;
    options_of_stack.throttle.limits.max_concurrency = kAuthorizedAtATime;
    stack = std::make_unique<http::HttpStack>(*std::move(transport), loop.clock(), random_, options_of_stack);
    std::vector<credentials::Secret> lines;
    lines.push_back(credentials::generate_key_line(random_));
    keyring_ = *credentials::Keyring::of(std::move(lines));
    vault_ = std::make_unique<credentials::Vault>(store_, keyring_, random_);
    credentials::ConnectionsSeams seams{loop, random_, store_, *stack, *vault_, {bench_profile()},
                                        {},   {},      {}};
    credentials::ConnectionsOptions options;
    options.allow_private = true;
    connections_ = std::make_unique<credentials::Connections>(std::move(seams), options);
    stack->auth().use(*connections_);
    run(connect());
  }
  ~Authorizing() { run(connections_->stop()); }

  void run(Task<void> work) {
    bool done = false;
    boost::asio::co_spawn(loop.executor(), std::move(work), [&done](std::exception_ptr failure) {
      if (failure) std::rethrow_exception(failure);
      done = true;
    });
    loop.run_while([&done] { return !done; });
  }

  SystemLoop loop;
  std::unique_ptr<http::HttpStack> stack;

 private:
  Task<void> connect() {
    auto started = co_await connections_->start();
    if (!started) throw std::runtime_error(started.error().message);
    circuit::feeds::v1::CreateConnectionRequest request;
    request.mutable_connection()->set_name(kConnection);
    request.mutable_connection()->set_provider("bench");
    (*request.mutable_secrets()->mutable_values())["token"] = kToken;
    auto created = co_await connections_->create(std::move(request));
    if (!created) throw std::runtime_error(created.error().message);
  }

  SystemRandom random_;
  state::MemoryDisk disk_;
  state::MemoryStore store_{disk_, loop, random_};
  credentials::Keyring keyring_ = credentials::Keyring::none();
  std::unique_ptr<credentials::Vault> vault_;
  std::unique_ptr<credentials::Connections> connections_;
};

Task<void> ask_many(http::HttpStack* transport, std::string url, std::string connection, int* left) {
  while (*left > 0) {
    --*left;
    http::Request request;
    request.url = url;
    if (connection.empty()) request.headers.add("Authorization", std::string("Bearer ") + kToken);
    request.connection = connection;
    request.address_policy = http::AddressPolicy::kAnyAddress;
    auto response = co_await transport->send(std::move(request));
    if (!response) throw std::runtime_error(response.error().message);
  }
}

Task<void> ask_side_by_side(Authorizing* authorizing, std::string url, std::string connection) {
  int left = kAuthorizedRequests;
  TaskGroup group(authorizing->loop.executor());
  for (int i = 0; i < kAuthorizedAtATime; ++i) {
    group.spawn(ask_many(authorizing->stack.get(), url, connection, &left));
  }
  co_await group.join();
}

} // namespace

std::vector<Case> auth_cases() {
  return {{"auth", [] {
             auto server = std::make_shared<Child>(
                 FEED_SIMULATOR, std::vector<std::string>{"rss", "--port", "0", "--feeds", "1", "--items",
                                                          "2", "--item-bytes", "1500", "--kinds", "plain"});
             const std::string url = server->address() + "/feeds/0.xml";
             auto authorizing = std::make_shared<Authorizing>();
             const auto ask = [server, url, authorizing](const char* connection) {
               authorizing->run(ask_side_by_side(authorizing.get(), url, connection));
               return static_cast<double>(kAuthorizedRequests);
             };
             return Comparison{
                 "auth", "requests",      0.98, [ask] { return ask(kConnection); }, [ask] { return ask(""); },
                 41,     Cost::kProcessor};
           }}};
}

} // namespace circuit::bench
