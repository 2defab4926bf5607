#include "ingest/http/curl_handle.h"

#include <algorithm>
#include <new>

#include "ingest/http/content_decoder.h"
#include "ingest/http/curl_errors.h"
#include "ingest/http/curl_transport.h"

namespace circuit::http {
namespace {

long milliseconds(Duration duration) {
  return static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(duration).count());
}

bool has_line_break(std::string_view text) {
  // One at a time, which the library does a block at a time.
  return text.find('\n') != std::string_view::npos || text.find('\r') != std::string_view::npos ||
         text.find('\0') != std::string_view::npos;
}

bool sends_body(const Request& request) {
  return !request.body.empty() || request.method == "POST" || request.method == "PUT" ||
         request.method == "PATCH";
}

Error malformed_header(const std::string& name) {
  return make_error(ErrorClass::kInvalid, "HEADER_MALFORMED", "a header of the request holds a line break",
                    "Remove the line break from the setting or credential that the header is made of.")
      .with("header", has_line_break(name) ? "" : name);
}

} // namespace

CurlHandle::CurlHandle(const TransportOptions& options, CURLSH* share)
    : easy_(curl_easy_init()),
      user_agent_(options.user_agent),
      best_version_(options.http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1) {
  if (easy_ == nullptr) throw std::bad_alloc();
  configure(options, share);
}

CurlHandle::~CurlHandle() { curl_easy_cleanup(easy_); }

void CurlHandle::configure(const TransportOptions& options, CURLSH* share) {
  curl_easy_setopt(easy_, CURLOPT_SHARE, share);
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_NOPROGRESS, 1L);
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy_, CURLOPT_TCP_KEEPALIVE, 1L);
  // Closing a transfer must not wait for a resolver thread.
  curl_easy_setopt(easy_, CURLOPT_QUICK_EXIT, 1L);
  // Overrides the environment, which proxy.h has read.
  curl_easy_setopt(easy_, CURLOPT_PROXY, "");
  curl_easy_setopt(easy_, CURLOPT_NOPROXY, "");

  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy_, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  curl_easy_setopt(easy_, CURLOPT_PROXY_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  if (!options.ca_file.empty()) {
    curl_easy_setopt(easy_, CURLOPT_CAINFO, options.ca_file.c_str());
    curl_easy_setopt(easy_, CURLOPT_PROXY_CAINFO, options.ca_file.c_str());
  }
  if (!options.ca_file.empty() || !options.ca_dir.empty()) {
    const char* dir = options.ca_dir.empty() ? nullptr : options.ca_dir.c_str();
    curl_easy_setopt(easy_, CURLOPT_CAPATH, dir);
    curl_easy_setopt(easy_, CURLOPT_PROXY_CAPATH, dir);
    if (options.ca_file.empty()) {
      curl_easy_setopt(easy_, CURLOPT_CAINFO, nullptr);
      curl_easy_setopt(easy_, CURLOPT_PROXY_CAINFO, nullptr);
    }
  }
}

Result<void> CurlHandle::apply(const Request& request, const std::string& proxy) {
  if (has_line_break(request.url) || has_line_break(request.method)) {
    return curl_error({.code = CURLE_URL_MALFORMAT, .url = request.url});
  }
  if (proxy != proxy_) {
    curl_easy_setopt(easy_, CURLOPT_PROXY, proxy.c_str());
    // For a CONNECT, which gets none of the request's fields.
    curl_easy_setopt(easy_, CURLOPT_USERAGENT, proxy.empty() ? nullptr : user_agent_.c_str());
    proxy_ = proxy;
  }
  curl_easy_setopt(easy_, CURLOPT_URL, request.url.c_str());
  set_if_changed(CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms_,
                 std::max(1L, milliseconds(request.connect_timeout)));
  // A stream that is paused would hold up all the others on its HTTP/2 connection: it gets one of its own.
  set_if_changed(CURLOPT_HTTP_VERSION, http_version_,
                 request.stream_body ? long{CURL_HTTP_VERSION_1_1} : best_version_);
  // Whether a server speaks HTTP/2 is known once the first connection is up. Only TLS says so.
  const bool may_multiplex = http_version_ == CURL_HTTP_VERSION_2TLS && request.url.starts_with("https:");
  set_if_changed(CURLOPT_PIPEWAIT, wait_to_multiplex_, may_multiplex ? 1 : 0);
  // On a connection that turns out to be closed libcurl sends a request once more, whatever its method.
  const bool once = !request.idempotent && request.method != "GET" && request.method != "HEAD";
  set_if_changed(CURLOPT_FRESH_CONNECT, fresh_connection_, once ? 1 : 0);
  set_method(request);
  return set_headers(request);
}

void CurlHandle::set_if_changed(CURLoption option, long& current, long value) {
  if (current == value) return;
  curl_easy_setopt(easy_, option, value);
  current = value;
}

void CurlHandle::set_method(const Request& request) {
  const bool plain_get = request.method == "GET" && request.body.empty();
  if (plain_get && default_method_) return;
  curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, nullptr);
  curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, nullptr);
  curl_easy_setopt(easy_, CURLOPT_NOBODY, 0L);
  curl_easy_setopt(easy_, CURLOPT_HTTPGET, 1L);
  default_method_ = plain_get;
  if (plain_get) return;
  if (request.method == "HEAD") {
    curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L);
    return;
  }
  if (sends_body(request)) {
    curl_easy_setopt(easy_, CURLOPT_POST, 1L);
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, request.body.data());
  }
  curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

// Lines keep their memory from one request to the next.
std::string& CurlHandle::next_line() {
  if (lines_used_ == header_lines_.size()) header_lines_.emplace_back();
  return header_lines_[lines_used_++];
}

Result<void> CurlHandle::set_headers(const Request& request) {
  lines_used_ = 0;
  for (const auto& [name, value] : request.headers.fields()) {
    if (has_line_break(name) || has_line_break(value) || name.empty()) {
      return malformed_header(name);
    }
    std::string& line = next_line();
    line = name;
    if (value.empty()) {
      line += ';'; // how libcurl is told to send a field without a value
    } else {
      line.append(": ").append(value);
    }
  }
  // Fields of ours, and not libcurl's options: the one it would format twice; for the other it would decode,
  // and pass over what was cut.
  if (!request.headers.has("User-Agent")) next_line().assign("User-Agent: ").append(user_agent_);
  if (!request.keeps_encoding && !request.headers.has("Accept-Encoding"))
    next_line().assign("Accept-Encoding: ").append(kAcceptEncoding);
  if (!request.body.empty()) {
    next_line() = "Expect:"; // no extra round trip to ask whether the body is welcome
    if (!request.headers.has("Content-Type")) next_line() = "Content-Type:";
  }
  if (lines_used_ == 0 && !has_headers_set_) return {};
  header_list_.resize(lines_used_);
  for (size_t i = 0; i < lines_used_; ++i) {
    header_list_[i] = {header_lines_[i].data(), i + 1 < lines_used_ ? &header_list_[i + 1] : nullptr};
  }
  has_headers_set_ = lines_used_ > 0;
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, has_headers_set_ ? header_list_.data() : nullptr);
  return {};
}

} // namespace circuit::http
