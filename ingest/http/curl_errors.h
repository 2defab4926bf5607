#pragma once
// libcurl's ways to fail, as Errors of the transport seam (transport.h). Private to this folder. Pure; any
// thread.

#include <curl/curl.h>

#include <string>

#include "ingest/runtime/error.h"

namespace circuit::http {

struct CurlFailure {
  CURLcode code = CURLE_OK;
  std::string url;
  long os_errno = 0;           // of a failed connect
  long verify_result = 0;      // X509_V_ERR_*
  bool connected = false;      // a connection was there and the request was about to be sent
  bool response_begun = false; // its headers were complete
  bool via_proxy = false;
};

Error curl_error(const CurlFailure& failure);

Error body_too_large(const std::string& url, uint64_t max_bytes);

} // namespace circuit::http
