#include "ingest/http/curl_transfer.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <system_error>
#include <utility>

#include "ingest/http/body_credit.h"
#include "ingest/http/curl_errors.h"
#include "ingest/http/egress.h"
#include "ingest/http/field_value.h"
#include "ingest/http/url_target.h"
#include "ingest/text/url.h"

namespace circuit::http {
namespace {

constexpr size_t kMaxHeaderBytes = 256 << 10;
constexpr size_t kMaxReservation = 1 << 20;

Error timed_out(const std::string& url, const std::string& what) {
  return make_error(ErrorClass::kTransient, "TIMEOUT", text::loggable_url(url) + " " + what,
                    "It is tried again later; if the service is that slow, raise the timeout.");
}

Error out_of_descriptors(const std::string& url, const std::string& why) {
  return make_error(ErrorClass::kExhausted, "OUT_OF_DESCRIPTORS",
                    "no socket for the connection to " + text::url_origin(url) + ": " + why,
                    "Raise the limit of open files (ulimit -n) for this process.");
}

std::string seconds_text(Duration duration) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(duration).count();
  return ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

} // namespace

CurlTransfer::CurlTransfer(CurlDriver& driver, const TransportOptions& options, CURLSH* share)
    : driver_(driver), handle_(options, share) {
  CURL* easy = handle_.get();
  curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &CurlTransfer::on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &CurlTransfer::on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &CurlTransfer::on_open);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &CurlDriver::close_socket);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, &driver_);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &CurlTransfer::on_connected);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, this);
}

Result<void> CurlTransfer::prepare(SharedRequest shared, const ProxySettings& proxies, SteadyTime now) {
  request_ = std::move(shared);
  const Request& request = **request_;
  std::string proxy;
  if (!proxies.is_empty()) {
    const Result<UrlTarget>& target = target_of(*request_);
    if (!target) return target.error();
    proxy = proxies.for_target(target->scheme, target->host);
  }
  via_proxy_ = !proxy.empty();
  active_at_ = now;
  total_deadline_ = now + request.total_timeout;
  response_.url = request.url;
  return handle_.apply(request, proxy);
}

Task<void> CurlTransfer::wait() {
  return suspend(
      [this](std::unique_ptr<PendingWait> wait) {
        waiter_ = std::move(wait);
        return 0;
      },
      [this](int) { return std::move(waiter_); });
}

void CurlTransfer::notify() {
  if (waiter_) std::exchange(waiter_, nullptr)->complete({});
}

Response CurlTransfer::take_response() { return std::move(response_); }

Response CurlTransfer::begin_stream() {
  total_deadline_ = SteadyTime::max();
  Response head = std::move(response_);
  response_.body = std::exchange(head.body, {});
  return head;
}

std::string CurlTransfer::take_piece(SteadyTime now) {
  std::string piece = std::exchange(response_.body, {});
  if (paused_) {
    paused_ = false;
    active_at_ = now;
    driver_.resume(*this);
  }
  return piece;
}

void CurlTransfer::go_on(SteadyTime now) {
  total_deadline_ += now - short_since_;
  active_at_ = now;
  short_of_ = 0;
  paused_ = false;
  driver_.resume(*this);
}

SteadyTime CurlTransfer::deadline() const {
  if (is_short_of_credit()) return SteadyTime::max(); // whoever waits for the credit has a time limit
  return paused_ ? total_deadline_ : std::min(total_deadline_, active_at_ + request().idle_timeout);
}

void CurlTransfer::finish(CURLcode code) {
  curl_off_t wire_bytes = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_SIZE_DOWNLOAD_T, &wire_bytes);
  response_.wire_bytes = static_cast<uint64_t>(wire_bytes);
  if (is_over_) return end(std::nullopt);
  if (code == CURLE_OK) return end(missing_end());
  if (error_) return end(std::move(error_)); // a callback knows better why it stopped the transfer
  CurlFailure failure{.code = code,
                      .url = request().url,
                      .connected = connected_,
                      .response_begun = headers_complete_,
                      .via_proxy = via_proxy_};
  curl_easy_getinfo(handle_.get(), CURLINFO_OS_ERRNO, &failure.os_errno);
  curl_easy_getinfo(handle_.get(), CURLINFO_SSL_VERIFYRESULT, &failure.verify_result);
  end(curl_error(failure));
}

void CurlTransfer::fail_soon(const std::string& why) {
  error_ = out_of_descriptors(request().url, why);
  total_deadline_ = SteadyTime{};
}

void CurlTransfer::time_out(SteadyTime now) {
  if (error_) {
    end(std::move(error_));
  } else if (now >= total_deadline_) {
    end(timed_out(request().url, "did not answer in full within " + seconds_text(request().total_timeout)));
  } else {
    end(timed_out(request().url, "sent nothing for " + seconds_text(request().idle_timeout) + ", after " +
                                     std::to_string(received_) + " bytes"));
  }
}

void CurlTransfer::close() {
  const auto doomed = std::move(waiter_);
  end(make_error(ErrorClass::kCancelled, "SHUTTING_DOWN", "the transport was closed", "Start again."));
}

void CurlTransfer::end(std::optional<Error> error) {
  error_ = std::move(error);
  finished_ = true;
  paused_ = false;
  short_of_ = 0;
  notify();
}

void CurlTransfer::recycle() {
  request_.reset();
  response_ = Response{};
  error_.reset();
  waiter_.reset();
  received_ = header_bytes_ = 0;
  connected_ = headers_complete_ = finished_ = paused_ = false;
  short_of_ = 0;
  knows_coding_ = is_over_ = false;
  decoder_.reset();
  decoded_ = 0;
}

size_t CurlTransfer::on_header(char* data, size_t size, size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  try {
    return transfer.take_header_line(std::string_view(data, size * count)) ? size * count : 0;
  } catch (const std::bad_alloc&) { // no exception may cross libcurl
    transfer.error_ = curl_error({.code = CURLE_OUT_OF_MEMORY, .url = transfer.request().url});
    return 0;
  }
}

bool CurlTransfer::take_header_line(std::string_view line) {
  if (headers_complete_) return true; // trailers say nothing that is used here
  header_bytes_ += line.size();
  if (header_bytes_ > kMaxHeaderBytes) {
    error_ = make_error(ErrorClass::kTransient, "BAD_RESPONSE",
                        "the headers of the answer to " + text::loggable_url(request().url) +
                            " are larger than " + std::to_string(kMaxHeaderBytes) + " bytes",
                        "The service is misconfigured; tell its operator.");
    return false;
  }
  if (line.starts_with("HTTP/")) { // also of an interim response before this one
    response_.headers.clear();
    response_.headers.reserve(12);
    return true;
  }
  const std::string_view text = trim_field(line);
  if (text.empty()) return end_headers();
  if (line.front() == ' ' || line.front() == '\t') {
    response_.headers.append_to_last(text);
    return true;
  }
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return true; // libcurl tolerates it, and so does this
  response_.headers.add(std::string(trim_field(text.substr(0, colon))),
                        std::string(trim_field(text.substr(colon + 1))));
  return true;
}

bool CurlTransfer::end_headers() {
  long status = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status < 200) return true; // interim
  response_.status = static_cast<int>(status);
  headers_complete_ = true;
  active_at_ = machine_steady_now();
  curl_off_t length = -1;
  curl_easy_getinfo(handle_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  if (length > 0 && request().method != "HEAD") {
    // What is too long even compressed need not be read to be refused.
    if (static_cast<uint64_t>(length) > request().max_body_bytes) {
      error_ = body_too_large(request().url, request().max_body_bytes);
      return false;
    }
    if (request().claim) request().claim->expect(static_cast<uint64_t>(length));
    if (!request().stream_body)
      response_.body.reserve(std::min(static_cast<size_t>(length), kMaxReservation));
  }
  if (request().stream_body) notify();
  return true;
}

curl_socket_t CurlTransfer::on_open(void* self, curlsocktype, curl_sockaddr* address) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  char text[64] = "an address of an unknown kind";
  if (address->addr.sa_family == AF_INET || address->addr.sa_family == AF_INET6) {
    ::getnameinfo(&address->addr, address->addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
  }
  if (!transfer.permits(classify_address(address->addr), text)) return CURL_SOCKET_BAD;
  const curl_socket_t fd = transfer.driver_.open_socket(*address);
  if (fd == CURL_SOCKET_BAD)
    transfer.error_ = out_of_descriptors(transfer.request().url, std::generic_category().message(errno));
  return fd;
}

int CurlTransfer::on_connected(void* self, char* ip, char*, int, int) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  if (!transfer.permits(classify_host(ip).value_or(AddressKind::kReserved), ip)) return CURL_PREREQFUNC_ABORT;
  transfer.connected_ = true;
  transfer.error_.reset(); // an address that was refused does not matter when another one answered
  transfer.active_at_ = machine_steady_now();
  return CURL_PREREQFUNC_OK;
}

bool CurlTransfer::permits(AddressKind kind, std::string_view address) {
  if (kind == AddressKind::kPublic || via_proxy_ || request().address_policy != AddressPolicy::kPublicOnly)
    return true;
  error_ = address_refused(request().url, std::string(address), kind);
  return false;
}

} // namespace circuit::http
