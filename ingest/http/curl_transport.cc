#include "ingest/http/curl_transport.h"

#include <openssl/x509_vfy.h>

#include <cstdlib>
#include <vector>

#include "ingest/http/body_credit.h"
#include "ingest/http/curl_driver.h"
#include "ingest/http/curl_transfer.h"
#include "ingest/http/proxy.h"

namespace circuit::http {

// What a transport shares with the bodies that may outlive it: the driver, until it is closed, and the idle
// handles.
class CurlPool {
 public:
  CurlPool(SystemLoop& loop, TransportOptions options, ProxySettings proxies)
      : options_(std::move(options)),
        proxies_(std::move(proxies)),
        share_(curl_share_init()),
        driver_(std::make_unique<CurlDriver>(loop, options_)) {
    // So that a new connection to a known server can resume its TLS session. One thread: no locks.
    curl_share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  }
  ~CurlPool() {
    close();
    idle_.clear();
    curl_share_cleanup(share_);
  }
  CurlPool(const CurlPool&) = delete;
  CurlPool& operator=(const CurlPool&) = delete;

  std::unique_ptr<CurlTransfer> take() {
    if (idle_.empty()) return std::make_unique<CurlTransfer>(*driver_, options_, share_);
    auto transfer = std::move(idle_.back());
    idle_.pop_back();
    return transfer;
  }
  void give_back(std::unique_ptr<CurlTransfer> transfer) {
    constexpr size_t kMaxIdle = 256;
    if (driver_) driver_->abandon(*transfer);
    if (!driver_ || idle_.size() >= kMaxIdle) return;
    transfer->recycle();
    idle_.push_back(std::move(transfer));
  }
  void close() { const auto closing = std::move(driver_); }
  CurlDriver* driver() { return driver_.get(); }
  const ProxySettings& proxies() const { return proxies_; }

 private:
  TransportOptions options_;
  ProxySettings proxies_;
  CURLSH* share_;
  std::vector<std::unique_ptr<CurlTransfer>> idle_;
  std::unique_ptr<CurlDriver> driver_; // null once closed
};

namespace {

// A handle out of the pool. Ending it closes what is under way.
class Lease {
 public:
  explicit Lease(std::shared_ptr<CurlPool> pool) : pool_(std::move(pool)), transfer_(pool_->take()) {}
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&&) = delete;
  ~Lease() {
    if (transfer_) pool_->give_back(std::move(transfer_));
  }
  CurlTransfer* operator->() const { return transfer_.get(); }
  CurlTransfer& operator*() const { return *transfer_; }

 private:
  std::shared_ptr<CurlPool> pool_;
  std::unique_ptr<CurlTransfer> transfer_;
};

class CurlBody final : public BodyStream {
 public:
  explicit CurlBody(Lease lease) : lease_(std::move(lease)) {}

  Task<Result<std::string>> read() override {
    while (!lease_->has_piece() && !lease_->is_finished()) co_await lease_->wait();
    if (lease_->has_piece()) co_return lease_->take_piece(machine_steady_now());
    if (lease_->error()) co_return *lease_->error();
    co_return std::string();
  }

 private:
  Lease lease_;
};

Result<void> check_ca_file(const std::string& path) {
  if (path.empty()) return {};
  X509_STORE* store = X509_STORE_new();
  const bool usable = store != nullptr && X509_STORE_load_file(store, path.c_str()) == 1;
  X509_STORE_free(store);
  if (usable) return {};
  return make_error(ErrorClass::kInvalid, "CA_FILE_UNREADABLE", "cannot read certificates from " + path,
                    "Name a readable file with certificates in PEM form.");
}

Result<void> check_proxy(const std::optional<std::string>& proxy) {
  if (!proxy || proxy->empty()) return {};
  CURLU* url = curl_url();
  const bool valid =
      url != nullptr && curl_url_set(url, CURLUPART_URL, proxy->c_str(),
                                     CURLU_NON_SUPPORT_SCHEME | CURLU_DEFAULT_SCHEME) == CURLUE_OK;
  curl_url_cleanup(url);
  if (valid) return {};
  return make_error(ErrorClass::kInvalid, "PROXY_MALFORMED", "the proxy setting is not a URL",
                    "Write it as http://host:port or socks5h://host:port.");
}

} // namespace

Result<std::unique_ptr<CurlTransport>> CurlTransport::create(SystemLoop& loop, TransportOptions options) {
  static const CURLcode initialized =
      curl_global_init(CURL_GLOBAL_DEFAULT); // once per process, and thread-safe so
  if (initialized != CURLE_OK) {
    return make_error(ErrorClass::kExhausted, "OUT_OF_MEMORY", "libcurl cannot be initialized",
                      "Free memory.");
  }
  Result<void> ca = check_ca_file(options.ca_file);
  if (!ca) return std::move(ca).error();
  Result<void> proxy = check_proxy(options.proxy);
  if (!proxy) return std::move(proxy).error();
  ProxySettings proxies =
      options.proxy ? ProxySettings(*options.proxy)
                    : ProxySettings::from_environment([](const char* name) { return std::getenv(name); });
  auto pool = std::make_shared<CurlPool>(loop, std::move(options), std::move(proxies));
  return std::unique_ptr<CurlTransport>(new CurlTransport(std::move(pool)));
}

CurlTransport::CurlTransport(std::shared_ptr<CurlPool> pool) : pool_(std::move(pool)) {}

CurlTransport::~CurlTransport() { pool_->close(); }

Task<Result<Response>> CurlTransport::send(SharedRequest request) {
  const bool streamed = request->stream_body;
  Lease lease(pool_);
  const SteadyTime now = machine_steady_now();
  Result<void> prepared = lease->prepare(std::move(request), pool_->proxies(), now);
  if (!prepared) co_return std::move(prepared).error();
  pool_->driver()->start(*lease);

  while (!lease->is_finished() && !(streamed && lease->has_headers())) {
    if (!lease->is_short_of_credit()) {
      co_await lease->wait();
      continue;
    }
    const bool is_paid = co_await lease->claim()->cover(lease->short_of());
    if (lease->is_finished()) break; // the transport was closed meanwhile
    if (!is_paid) co_return body_credit_spent();
    lease->go_on(machine_steady_now());
  }
  // What came before the error of a stream is read first.
  if (lease->error() && !(streamed && lease->has_piece())) co_return *lease->error();
  if (!streamed) co_return lease->take_response();

  Response response = lease->begin_stream();
  response.stream = std::make_unique<CurlBody>(std::move(lease));
  co_return response;
}

} // namespace circuit::http
