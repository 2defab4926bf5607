#pragma once
// A libcurl easy handle, configured once and then told only what differs from one request to the next:
// setting its dozens of options anew costs as much as a small request. Private to this folder; the loop's
// thread.

#include <curl/curl.h>

#include <string>
#include <vector>

#include "ingest/http/message.h"

namespace circuit::http {

struct TransportOptions;

class CurlHandle {
 public:
  CurlHandle(const TransportOptions& options, CURLSH* share);
  ~CurlHandle();
  CurlHandle(const CurlHandle&) = delete;
  CurlHandle& operator=(const CurlHandle&) = delete;

  CURL* get() const { return easy_; }
  // The body is not copied: the request stays where it is until the exchange has ended. An empty `proxy`
  // means none. INVALID HEADER_MALFORMED, URL_MALFORMED.
  Result<void> apply(const Request& request, const std::string& proxy);

 private:
  void configure(const TransportOptions& options, CURLSH* share);
  void set_method(const Request& request);
  Result<void> set_headers(const Request& request);
  std::string& next_line();
  void set_if_changed(CURLoption option, long& current, long value);

  CURL* easy_;
  std::string user_agent_;
  long best_version_;
  std::vector<std::string> header_lines_; // the first `lines_used_` are this request's
  size_t lines_used_ = 0;
  std::vector<curl_slist> header_list_; // into header_lines_

  // As they are set.
  bool default_method_ = true;
  bool has_headers_set_ = false;
  std::string proxy_;
  long connect_timeout_ms_ = -1;
  long wait_to_multiplex_ = 0;
  long http_version_ = -1;
  long fresh_connection_ = 0;
};

} // namespace circuit::http
