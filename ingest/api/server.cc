#include "ingest/api/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_builder_plugin.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <boost/system/system_error.hpp>
#include <thread>
#include <utility>
#include <vector>

#include "ingest/api/address.h"
#include "ingest/api/calls.h"
#include "ingest/api/grpc_duration.h"
#include "ingest/api/server_credentials.h"
#include "ingest/api/services.h"

namespace circuit::api {
namespace {

constexpr const char* kServiceNames[] = {"circuit.feeds.v1.Feeds", "circuit.feeds.v1.Syncs",
                                         "circuit.feeds.v1.Connections", "circuit.feeds.v1.Providers",
                                         "circuit.feeds.v1.Keys"};

// For answers that are on their way out. What is open after it is cancelled.
constexpr auto kLastWords = std::chrono::milliseconds(500);

// Linking gRPC's reflection adds it to every server of the process; this decides for one.
class Reflection final : public grpc::ServerBuilderOption {
 public:
  explicit Reflection(bool wanted) : wanted_(wanted) {}
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    auto reflection = std::make_unique<grpc::reflection::ProtoServerReflectionPlugin>();
    std::erase_if(*plugins, [&](const auto& plugin) { return plugin->name() == reflection->name(); });
    if (wanted_) plugins->push_back(std::move(reflection));
  }

 private:
  bool wanted_;
};

void configure(grpc::ServerBuilder& builder, const ServerOptions& options) {
  builder.SetMaxReceiveMessageSize(options.max_message_bytes);
  // Otherwise a second worker would share the port with the first, and each get some of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, grpc_milliseconds(options.keepalive_interval));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, grpc_milliseconds(options.keepalive_timeout));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             grpc_milliseconds(options.min_ping_interval));
  builder.SetOption(std::make_unique<Reflection>(options.reflection));
}

} // namespace

struct Server::Parts {
  Parts(Control& control, Loop& loop_, size_t max_open_calls)
      : loop(loop_), desk{control, std::make_shared<Calls>(loop_, max_open_calls)} {}

  Loop& loop;
  Desk desk;
  std::vector<std::unique_ptr<grpc::Service>> services;
  std::unique_ptr<grpc::Server> server;
  std::string address;

  // Server::Shutdown blocks, and what it waits for runs on the loop: so it has a thread of its own.
  struct Stopping {
    bool done = false;
    Event changed;
  };
  std::thread stopper;
};

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Control& control, Loop& loop) {
  Result<Address> address = parse_address(options.address);
  if (!address) return std::move(address).error();
  if (auto safe = require_protection(*address, options.tls.enabled(), options.allow_insecure); !safe) {
    return std::move(safe).error();
  }
  auto credentials = make_server_credentials(options.tls);
  if (!credentials) return std::move(credentials).error();

  auto parts = std::make_unique<Parts>(control, loop, options.max_open_calls);
  parts->services.push_back(make_feeds_service(parts->desk));
  parts->services.push_back(make_syncs_service(parts->desk));
  parts->services.push_back(make_connections_service(parts->desk));
  parts->services.push_back(make_providers_service(parts->desk));
  parts->services.push_back(make_keys_service(parts->desk));

  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  configure(builder, options);
  int port = 0;
  builder.AddListeningPort(address->to_string(), *credentials, &port);
  for (const auto& service : parts->services) builder.RegisterService(service.get());
  parts->server = builder.BuildAndStart();
  if (!parts->server || port == 0) return explain_bind_failure(*address);

  address->port = static_cast<uint16_t>(port);
  parts->address = address->to_string();
  std::unique_ptr<Server> server(new Server(std::move(parts)));
  server->set_serving(true);
  return server;
}

Server::~Server() {
  if (parts_->stopper.joinable() || parts_->server) {
    parts_->desk.calls->abandon();
    parts_->server->Shutdown(std::chrono::system_clock::now());
  }
  if (parts_->stopper.joinable()) parts_->stopper.join();
}

const std::string& Server::address() const { return parts_->address; }

void Server::set_serving(bool serving) {
  auto* health = parts_->server->GetHealthCheckService();
  if (!serving) return health->Shutdown();
  health->SetServingStatus(true);
  for (const char* name : kServiceNames) health->SetServingStatus(name, true);
}

Task<void> Server::shutdown(Duration grace) {
  set_serving(false);
  Calls& calls = *parts_->desk.calls;
  calls.refuse_new();
  Task<bool> draining = calls.drained(grace);
  const bool drained = co_await std::move(draining);
  if (!drained) calls.cancel_all();

  auto stopping = std::make_shared<Parts::Stopping>();
  parts_->stopper = std::thread([server = parts_->server.get(), loop = &parts_->loop, stopping] {
    server->Shutdown(std::chrono::system_clock::now() + kLastWords);
    loop->post([stopping] {
      stopping->done = true;
      stopping->changed.notify_all();
    });
  });
  while (!stopping->done) co_await stopping->changed.wait();
  parts_->stopper.join();
}

} // namespace circuit::api
