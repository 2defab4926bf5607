#include "sinks/receiver.h"

#include <grpc/grpc.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <string_view>
#include <utility>

#include "circuit/feeds/v1/sink.grpc.pb.h"
#include "ingest/runtime/loopback.h"
#include "sinks/pem_file.h"
#include "sinks/receiver_applier.h"
#include "sinks/receiver_content.h"
#include "sinks/receiver_log.h"
#include "sinks/receiver_stream.h"

namespace circuit::sinks {
namespace {

namespace v1 = circuit::feeds::v1;

// The host of HOST:PORT or [IPV6]:PORT.
std::string host_of(std::string_view listen) {
  std::string_view host = listen.substr(0, listen.rfind(':'));
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  return std::string(host);
}

Result<std::shared_ptr<grpc::ServerCredentials>> make_credentials(const ReceiverOptions& options) {
  const auto& tls = options.tls;
  if (tls.cert_file.empty() != tls.key_file.empty() ||
      (tls.cert_file.empty() && !tls.client_ca_file.empty())) {
    return make_error(ErrorClass::kInvalid, "SINK_TLS_INCOMPLETE",
                      "TLS at the receiver needs a certificate and its key", "Give both files, or none");
  }
  if (tls.cert_file.empty()) {
    if (is_loopback_host(host_of(options.listen)) || options.allow_plaintext)
      return grpc::InsecureServerCredentials();
    return make_error(
        ErrorClass::kInvalid, "SINK_PLAINTEXT_REFUSED",
        "listening on " + options.listen + " without TLS would take documents unencrypted",
        "Give a certificate and key, listen on 127.0.0.1, or allow plaintext if the network is protected");
  }
  auto cert = read_pem_file(tls.cert_file);
  if (!cert) return cert.error();
  auto key = read_pem_file(tls.key_file);
  if (!key) return key.error();
  grpc::SslServerCredentialsOptions ssl(tls.client_ca_file.empty()
                                            ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                                            : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  ssl.pem_key_cert_pairs.push_back({std::move(*key), std::move(*cert)});
  if (!tls.client_ca_file.empty()) {
    auto authority = read_pem_file(tls.client_ca_file);
    if (!authority) return authority.error();
    ssl.pem_root_certs = std::move(*authority);
  }
  return grpc::SslServerCredentials(ssl);
}

class FileReceiver final : public Receiver, private v1::DocumentSink::CallbackService {
 public:
  FileReceiver(ReceiverOptions options, std::unique_ptr<ReceiverLog> log,
               std::unique_ptr<ReceiverContent> content)
      : options_(std::move(options)),
        applier_(std::move(log), options_.faults),
        content_(std::move(content)) {}
  ~FileReceiver() override { stop(); }

  Result<void> listen(const std::shared_ptr<grpc::ServerCredentials>& credentials) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(options_.listen, credentials, &port_);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.SetMaxReceiveMessageSize(options_.max_message_bytes);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    if (server_ && port_ != 0) return {};
    return make_error(ErrorClass::kConflict, "ADDRESS_IN_USE", "cannot listen on " + options_.listen,
                      "Stop what listens there, or choose an address of this machine and a free port");
  }

  int port() const override { return port_; }
  void stop() override {
    if (!server_) return;
    server_->Shutdown(std::chrono::system_clock::now());
    server_->Wait();
    server_.reset();
  }
  ReceiverStats stats() const override { return applier_.stats(); }

 private:
  grpc::ServerBidiReactor<v1::DeliverRequest, v1::DeliverResponse>* Deliver(
      grpc::CallbackServerContext*) override {
    return ReceiverStream::start(applier_, *content_, options_);
  }

  const ReceiverOptions options_;
  mutable ReceiverApplier applier_;
  const std::unique_ptr<ReceiverContent> content_;
  std::unique_ptr<grpc::Server> server_; // its streams use what is above
  int port_ = 0;
};

} // namespace

Result<std::unique_ptr<Receiver>> Receiver::start(ReceiverOptions options) {
  auto credentials = make_credentials(options);
  if (!credentials) return credentials.error();
  auto log = ReceiverLog::open(options.file, options.remembered_documents, options.tail_bytes);
  if (!log) return log.error();
  auto content = ReceiverContent::open(options.file, options.faults);
  if (!content) return content.error();
  auto receiver = std::make_unique<FileReceiver>(std::move(options), std::move(*log), std::move(*content));
  if (auto listening = receiver->listen(*credentials); !listening) return listening.error();
  return std::unique_ptr<Receiver>(std::move(receiver));
}

} // namespace circuit::sinks
