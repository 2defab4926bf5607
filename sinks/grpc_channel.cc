#include "sinks/grpc_channel.h"

#include <grpc/grpc.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "ingest/runtime/loopback.h"
#include "sinks/pem_file.h"

namespace circuit::sinks {
namespace {

struct HostPort {
  std::string host; // without brackets
  uint16_t port;
};

std::optional<HostPort> parse_address(const std::string& address) {
  const auto colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  std::string host = address.substr(0, colon);
  const std::string digits = address.substr(colon + 1);
  uint16_t port = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (problem != std::errc() || end != digits.data() + digits.size() || port == 0) return std::nullopt;
  if (host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    return std::nullopt; // an IPv6 address without brackets is ambiguous
  }
  const bool plain = std::none_of(host.begin(), host.end(),
                                  [](unsigned char c) { return c <= ' ' || c == '/' || c == '@'; });
  if (host.empty() || !plain) return std::nullopt;
  return HostPort{std::move(host), port};
}

Result<std::shared_ptr<grpc::ChannelCredentials>> make_credentials(const std::string& address,
                                                                   const std::string& host,
                                                                   const GrpcOptions& options) {
  const auto& tls = options.tls;
  if (!tls.enabled) {
    if (!tls.ca_file.empty() || !tls.cert_file.empty() || !tls.key_file.empty() || !tls.server_name.empty()) {
      return make_error(ErrorClass::kInvalid, "SINK_TLS_INCOMPLETE",
                        "TLS settings are given for the sink at " + address + ", but TLS is not enabled",
                        "Enable TLS for the sink, or remove its TLS settings");
    }
    if (!is_loopback_host(host) && !options.allow_plaintext) {
      return make_error(
          ErrorClass::kInvalid, "SINK_PLAINTEXT_REFUSED",
          "the sink at " + address + " is not on this machine, and documents would travel unencrypted",
          "Enable TLS for the sink, or allow plaintext if the network itself is protected");
    }
    return grpc::InsecureChannelCredentials();
  }
  if (tls.cert_file.empty() != tls.key_file.empty()) {
    return make_error(
        ErrorClass::kInvalid, "SINK_TLS_INCOMPLETE",
        "the sink at " + address + " has a certificate without a key, or a key without a certificate",
        "Give both files, or neither");
  }
  grpc::SslCredentialsOptions ssl;
  for (const auto& [path, content] :
       {std::pair{&tls.ca_file, &ssl.pem_root_certs}, std::pair{&tls.cert_file, &ssl.pem_cert_chain},
        std::pair{&tls.key_file, &ssl.pem_private_key}}) {
    if (path->empty()) continue;
    auto pem = read_pem_file(*path);
    if (!pem) return pem.error();
    *content = std::move(*pem);
  }
  return grpc::SslCredentials(ssl);
}

int milliseconds(Duration duration) {
  return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(duration).count());
}

grpc::ChannelArguments make_arguments(const GrpcOptions& options) {
  grpc::ChannelArguments arguments;
  // The stream has a backoff of its own; the channel's must not add to it.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, milliseconds(options.backoff_initial));
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, milliseconds(options.backoff_max));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, milliseconds(options.keepalive_interval));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, milliseconds(options.keepalive_timeout));
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // Two sinks are two connections, also to the same address: one that is stuck must not hold the other.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  if (!options.tls.server_name.empty()) arguments.SetSslTargetNameOverride(options.tls.server_name);
  return arguments;
}

} // namespace

Result<std::shared_ptr<grpc::Channel>> make_grpc_channel(const std::string& address,
                                                         const GrpcOptions& options) {
  const auto parsed = parse_address(address);
  if (!parsed) {
    return make_error(ErrorClass::kInvalid, "SINK_ADDRESS_INVALID", "\"" + address + "\" is not HOST:PORT",
                      "Write the sink as grpc:HOST:PORT, such as grpc:127.0.0.1:50051 or grpc:[::1]:50051");
  }
  auto credentials = make_credentials(address, parsed->host, options);
  if (!credentials) return credentials.error();
  return grpc::CreateCustomChannel(address, *credentials, make_arguments(options));
}

} // namespace circuit::sinks
