#include "ingest/http/curl_errors.h"

#include <openssl/x509_vfy.h>

#include <system_error>

#include "ingest/text/url.h"

namespace circuit::http {
namespace {

constexpr const char* kRetriedLater =
    "It is tried again later; if it stays, check the service and the network between.";

Error certificate_error(const std::string& url, long verify_result) {
  const std::string host = text::url_origin(url);
  const auto error = [&](const char* kind, const std::string& what, const char* next_step) {
    return make_error(ErrorClass::kInvalid, "TLS_CERTIFICATE_INVALID",
                      "the certificate of " + host + " " + what, next_step)
        .with("certificate", kind);
  };
  switch (verify_result) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return error("EXPIRED", "has expired", "Its operator must renew it; also check this machine's clock.");
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return error("NOT_YET_VALID", "is not valid yet",
                   "Check this machine's clock; otherwise its operator must correct it.");
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return error("UNKNOWN_ISSUER", "comes from an issuer that is not trusted here",
                   "If it is your organization's own authority, name its certificate in http.ca_file.");
    case X509_V_ERR_CERT_REVOKED:
      return error("REVOKED", "was revoked", "Its operator must replace it.");
    case X509_V_OK:
    case X509_V_ERR_UNSPECIFIED: // what is there while libcurl compares the name, which it does first
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return error(
          "WRONG_HOST", "is for another host",
          "Check the host name in the URL; otherwise its operator must install the right certificate.");
    default:
      return error("NOT_VALID", std::string("is not valid: ") + X509_verify_cert_error_string(verify_result),
                   "Its operator must correct it.");
  }
}

Error transient(const char* reason, const std::string& message, const char* next_step = kRetriedLater) {
  return make_error(ErrorClass::kTransient, reason, message, next_step);
}

Error invalid(const char* reason, const std::string& message, const char* next_step) {
  return make_error(ErrorClass::kInvalid, reason, message, next_step);
}

Error connect_failed(const CurlFailure& failure, const std::string& origin) {
  std::string message =
      failure.via_proxy ? "cannot reach " + origin + " through the proxy" : "cannot connect to " + origin;
  if (failure.os_errno != 0)
    message += ": " + std::generic_category().message(static_cast<int>(failure.os_errno));
  return transient("CONNECT_FAILED", message);
}

Error bad_response(const std::string& origin) {
  return transient("BAD_RESPONSE", origin + " does not answer in HTTP", "Check the address and the port.");
}

Error lost_connection(const CurlFailure& failure, const std::string& url) {
  if (failure.response_begun)
    return transient("BODY_TRUNCATED", "the answer to " + url + " ended before its end");
  return transient("CONNECTION_RESET", "the connection for " + url + " was lost before an answer came");
}

} // namespace

Error body_too_large(const std::string& url, uint64_t max_bytes) {
  return invalid("BODY_TOO_LARGE",
                 "the body of " + text::loggable_url(url) + " is larger than " + std::to_string(max_bytes) +
                     " bytes when decompressed",
                 "The limit is no setting: the source has to send less at a time.")
      .with("max_bytes", std::to_string(max_bytes));
}

Error curl_error(const CurlFailure& failure) {
  const std::string url = text::loggable_url(failure.url);
  const std::string origin = text::url_origin(failure.url);
  switch (failure.code) {
    case CURLE_URL_MALFORMAT:
      return invalid("URL_MALFORMED", "'" + url + "' is not a URL that can be requested",
                     "Correct the URL: it needs the form https://host/path.");
    case CURLE_UNSUPPORTED_PROTOCOL:
      if (failure.connected) return bad_response(origin); // what libcurl says of HTTP/0.9
      return invalid("URL_SCHEME_REFUSED", "'" + url + "' is neither http nor https",
                     "Use an http or https URL.");
    case CURLE_COULDNT_RESOLVE_HOST:
      return transient("DNS_FAILED", "the host name of " + origin + " cannot be resolved",
                       "Check its spelling, and that this machine's name resolution works.");
    case CURLE_COULDNT_RESOLVE_PROXY:
      return transient("DNS_FAILED", "the host name of the proxy cannot be resolved",
                       "Check the proxy setting.");
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
      return connect_failed(failure, origin);
    case CURLE_OPERATION_TIMEDOUT:
      return transient("TIMEOUT", "no connection to " + origin + " in the time allowed");
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_USE_SSL_FAILED:
      return transient("TLS_HANDSHAKE_FAILED",
                       origin + " and this machine could not agree on a TLS connection",
                       "TLS 1.2 or newer is required. It is tried again later.");
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return certificate_error(failure.url, failure.verify_result);
    case CURLE_SSL_CACERT_BADFILE:
      return invalid("CA_FILE_UNREADABLE", "the file of trusted certificates cannot be read",
                     "Check http.ca_file, or install the system's ca-certificates package.");
    case CURLE_PARTIAL_FILE:
      return transient("BODY_TRUNCATED", "the answer to " + url + " ended before its end");
    case CURLE_BAD_CONTENT_ENCODING:
      return invalid("BAD_ENCODING", "the compressed body of " + url + " cannot be decompressed",
                     "The server sends broken data; tell its operator.");
    case CURLE_WEIRD_SERVER_REPLY:
      return bad_response(origin);
    case CURLE_OUT_OF_MEMORY:
      // Also what libcurl says of a header line that is longer than the 100 KB that it takes.
      if (failure.connected && !failure.response_begun) {
        return transient("BAD_RESPONSE", "the answer to " + url + " has a header that is too long",
                         "The service is misconfigured; tell its operator.");
      }
      return make_error(ErrorClass::kExhausted, "OUT_OF_MEMORY", "no memory for the answer to " + url,
                        "Give the process more memory, or lower the number of feeds that run at a time.");
    default:
      return lost_connection(failure, url);
  }
}

} // namespace circuit::http
