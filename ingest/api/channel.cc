#include "ingest/api/channel.h"

#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <utility>

#include "ingest/api/address.h"
#include "ingest/api/grpc_duration.h"
#include "ingest/api/tls_files.h"

namespace circuit::api {
namespace {

constexpr int kReconnectMillisecondsMin = 200;
constexpr int kReconnectMillisecondsMax = 5000;

Result<std::shared_ptr<grpc::ChannelCredentials>> credentials_for(const RemoteTls& tls) {
  if (!tls.enabled) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions ssl;
  if (!tls.ca_file.empty()) {
    Result<std::string> authorities = read_certificates(tls.ca_file);
    if (!authorities) return std::move(authorities).error();
    ssl.pem_root_certs = std::move(*authorities);
  }
  if (!tls.certificate_file.empty() || !tls.key_file.empty()) {
    Result<Identity> identity = read_identity(tls.certificate_file, tls.key_file);
    if (!identity) return std::move(identity).error();
    ssl.pem_cert_chain = std::move(identity->certificate_chain);
    ssl.pem_private_key = std::move(identity->private_key);
  }
  return grpc::SslCredentials(ssl);
}

grpc::ChannelArguments arguments_for(const RemoteOptions& options, const Address& address) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(options.max_message_bytes);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, grpc_milliseconds(options.keepalive_interval));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, grpc_milliseconds(options.keepalive_timeout));
  // A watch of a queued sync is silent for long, and must still notice a dead connection.
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectMillisecondsMin);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMillisecondsMax);
  // The proxy of the environment is for what is outside of this machine.
  if (address.is_loopback()) arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  if (!options.tls.server_name.empty()) arguments.SetSslTargetNameOverride(options.tls.server_name);
  return arguments;
}

} // namespace

Result<std::shared_ptr<grpc::Channel>> make_channel(const RemoteOptions& options) {
  Result<Address> address = parse_address(options.address);
  if (!address) return std::move(address).error();
  if (auto safe = require_protection(*address, options.tls.enabled, options.allow_insecure); !safe) {
    return std::move(safe).error();
  }
  auto credentials = credentials_for(options.tls);
  if (!credentials) return std::move(credentials).error();
  return grpc::CreateCustomChannel("dns:///" + address->to_string(), *credentials,
                                   arguments_for(options, *address));
}

} // namespace circuit::api
