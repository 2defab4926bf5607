#include "tests/providers/transport_errors.h"

namespace circuit::providers {
namespace {

constexpr const char* kLater = "It is tried again later";

} // namespace

Error url_malformed(const std::string& url) {
  return make_error(ErrorClass::kInvalid, "URL_MALFORMED", "\"" + url + "\" is no URL", "Correct the URL");
}

Error url_scheme_refused(const std::string& url) {
  return make_error(ErrorClass::kInvalid, "URL_SCHEME_REFUSED", url + " is neither http nor https",
                    "Correct the URL");
}

Error dns_failed(const std::string& url) {
  return make_error(ErrorClass::kTransient, "DNS_FAILED", "The host of " + url + " has no address", kLater);
}

Error connect_failed(const std::string& url) {
  return make_error(ErrorClass::kTransient, "CONNECT_FAILED", url + " refused the connection", kLater);
}

Error connection_reset(const std::string& url) {
  return make_error(ErrorClass::kTransient, "CONNECTION_RESET", url + " closed the connection", kLater);
}

Error body_truncated(const std::string& url) {
  return make_error(ErrorClass::kTransient, "BODY_TRUNCATED", "The answer of " + url + " ended early",
                    kLater);
}

Error coding_truncated(const std::string& url) { return body_truncated(url).with("cut", "COMPRESSION"); }

Error body_too_large(const std::string& url, uint64_t max_bytes) {
  return make_error(ErrorClass::kInvalid, "BODY_TOO_LARGE",
                    "The answer of " + url + " is larger than " + std::to_string(max_bytes) + " bytes",
                    "Raise the limit if it is meant to be so large");
}

Error bad_encoding(const std::string& url) {
  return make_error(ErrorClass::kInvalid, "BAD_ENCODING",
                    "The answer of " + url + " is not gzip, as it says it is",
                    "Tell the operator of the site");
}

Error timed_out(const std::string& url) {
  return make_error(ErrorClass::kTransient, "TIMEOUT", url + " did not answer in time", kLater);
}

} // namespace circuit::providers
