#pragma once
// The HttpTransport seam. The real one is libcurl (curl_transport.h), others are a cassette and the
// simulators. Layers (retry.h, throttle.h, redirect.h, egress.h, and auth) are transports that hold the next
// one.
//
// One transport belongs to one loop and is called from its coroutines alone.

#include "ingest/http/message.h"
#include "ingest/http/shared_request.h"

namespace circuit::http {

class HttpTransport {
 public:
  virtual ~HttpTransport() = default;

  // The response, whatever its status: statuses are the caller's business, except where a layer says that it
  // handles one. Its body is without its Content-Encoding (which the headers still name), whole or not at
  // all; of a status of 400 and above it is as much as could be decoded. Errors say why there is none:
  //   TRANSIENT  CONNECT_FAILED, DNS_FAILED, CONNECTION_RESET, BODY_TRUNCATED, TIMEOUT, TLS_HANDSHAKE_FAILED,
  //              BAD_RESPONSE
  //   THROTTLED  PROVIDER_THROTTLED (from the throttle and retry layers, with retry_at)
  //   INVALID    URL_MALFORMED, URL_SCHEME_REFUSED, BODY_TOO_LARGE, BAD_ENCODING, REDIRECT_LOOP,
  //   TOO_MANY_REDIRECTS,
  //              REDIRECT_REFUSED (it would carry credentials where they do not belong), CASSETTE_MISS,
  //              TLS_CERTIFICATE_INVALID (with the reason: expired, wrong host, unknown issuer)
  //   PERMISSION ADDRESS_REFUSED, HOST_REFUSED (egress)
  //   EXHAUSTED  OUT_OF_MEMORY, OUT_OF_DESCRIPTORS, BODY_CREDIT_SPENT (where the request has a claim:
  //   body_credit.h)
  // Cancelling it closes the transfer.
  virtual Task<Result<Response>> send(SharedRequest request) = 0;
};

} // namespace circuit::http
