#include "ingest/api/server_credentials.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <utility>

#include "ingest/api/tls_files.h"

namespace circuit::api {
namespace {

namespace tls_api = grpc::experimental;

constexpr unsigned kReloadSeconds = 10;

Result<void> check_files(const ServerTls& tls) {
  Result<Identity> identity = read_identity(tls.certificate_file, tls.key_file);
  if (!identity) return std::move(identity).error();
  if (tls.client_ca_file.empty()) return {};
  Result<std::string> authorities = read_certificates(tls.client_ca_file);
  if (!authorities) return std::move(authorities).error();
  return {};
}

} // namespace

Result<std::shared_ptr<grpc::ServerCredentials>> make_server_credentials(const ServerTls& tls) {
  if (!tls.enabled()) return grpc::InsecureServerCredentials();
  if (Result<void> checked = check_files(tls); !checked) return std::move(checked).error();

  auto files = std::make_shared<tls_api::FileWatcherCertificateProvider>(tls.key_file, tls.certificate_file,
                                                                         tls.client_ca_file, kReloadSeconds);
  tls_api::TlsServerCredentialsOptions options(std::move(files));
  options.watch_identity_key_cert_pairs();
  if (tls.client_ca_file.empty()) {
    options.set_cert_request_type(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  } else {
    options.watch_root_certs();
    options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return tls_api::TlsServerCredentials(options);
}

} // namespace circuit::api
