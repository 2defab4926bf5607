#pragma once
// One easy handle: configured once, then used for one request after another. It collects the response, and
// wakes the one coroutine that waits for it. Private to this folder; the loop's thread.

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <string>

#include "ingest/http/address_kind.h"
#include "ingest/http/content_decoder.h"
#include "ingest/http/curl_driver.h"
#include "ingest/http/curl_handle.h"
#include "ingest/http/message.h"
#include "ingest/http/proxy.h"
#include "ingest/http/shared_request.h"
#include "ingest/runtime/pending.h"

namespace circuit::http {

class CurlTransfer {
 public:
  static constexpr size_t kNotActive = static_cast<size_t>(-1);
  size_t index = kNotActive; // the driver's

  CurlTransfer(CurlDriver& driver, const TransportOptions& options, CURLSH* share);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  // Sets what differs from request to request. INVALID HEADER_MALFORMED, URL_MALFORMED, URL_SCHEME_REFUSED.
  Result<void> prepare(SharedRequest request, const ProxySettings& proxies, SteadyTime now);
  CURL* easy() { return handle_.get(); }

  // Until something happened; look again then.
  Task<void> wait();
  bool is_finished() const { return finished_; }
  bool has_headers() const { return headers_complete_; }
  const std::optional<Error>& error() const { return error_; }
  Response take_response();

  // Whether it is paused because its claim does not pay for what comes next: cover() that many bytes, and go
  // on.
  bool is_short_of_credit() const { return short_of_ > 0; }
  uint64_t short_of() const { return short_of_; }
  const std::shared_ptr<BodyClaim>& claim() const { return request().claim; }
  // The time that it was paused is not held against the server.
  void go_on(SteadyTime now);

  // Streams.
  bool has_piece() const { return !response_.body.empty(); }
  std::string take_piece(SteadyTime now);
  // The response without its body, which may take as long as it likes from now on.
  Response begin_stream();

  // For the driver.
  SteadyTime deadline() const;
  void finish(CURLcode code);
  void time_out(SteadyTime now);
  // From inside a callback that has no way to end the transfer: it is late at once.
  void fail_soon(const std::string& why);
  // The driver is going away. Destroys whoever waits, which may destroy the transfer.
  void close();
  // Gives up the request and its memory, keeps the handle.
  void recycle();

 private:
  static size_t on_header(char* data, size_t size, size_t count, void* self);
  static size_t on_body(char* data, size_t size, size_t count, void* self);
  static curl_socket_t on_open(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int on_connected(void* self, char* ip, char* local_ip, int port, int local_port);

  const Request& request() const { return **request_; }
  bool take_header_line(std::string_view line);
  bool end_headers();
  // Of the body (curl_transfer_body.cc); what they return is libcurl's.
  size_t take_body(std::string_view data);
  bool find_coding();
  size_t take_plain(std::string_view data);
  size_t take_coded(std::string_view data);
  size_t decoded_at_once() const;
  bool keep(std::string_view decoded);
  size_t stop_for_reader();
  size_t stop_for_credit(uint64_t bytes);
  size_t give_up_decoding(Error error);
  // What a body that has ended without an error of libcurl's lacks.
  std::optional<Error> missing_end() const;
  bool permits(AddressKind kind, std::string_view address);
  void end(std::optional<Error> error);
  void notify();

  CurlDriver& driver_;
  CurlHandle handle_;
  std::optional<SharedRequest> request_; // while there is one
  Response response_;                    // in a stream, `body` is what was received and not read
  std::optional<Error> error_;
  std::unique_ptr<PendingWait> waiter_;

  SteadyTime active_at_{}; // when something was last received
  SteadyTime total_deadline_{};
  uint64_t received_ = 0;                   // decompressed
  bool knows_coding_ = false;               // from the first byte of the body on
  std::unique_ptr<ContentDecoder> decoder_; // null: there is none to take off
  size_t decoded_ = 0;                      // bytes of what libcurl holds back, that were used already
  bool is_over_ = false;                    // the rest of the body is not wanted
  size_t header_bytes_ = 0;
  bool via_proxy_ = false;
  bool connected_ = false;
  bool headers_complete_ = false;
  bool finished_ = false;
  bool paused_ = false;
  uint64_t short_of_ = 0; // bytes of the body
  SteadyTime short_since_{};
};

} // namespace circuit::http
