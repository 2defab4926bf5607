#pragma once
// Attaches a connection's credential to each request of its feeds, and learns once that it no longer works.
//
// Below the retry layer, so that every attempt carries a credential of its own (a signature has a date), and
// above throttle and egress. A request without a connection passes as it is. On a redirect to another origin
// the redirect layer clears Request::connection, so the credential stays behind.
//
// A 401 makes it ask for a newer credential. Where there is one the response says so (credential_renewed),
// and the retry layer, which keeps the request anyway, sends it again, once. Without one the 401 is returned,
// as every other status is: what it means is the provider's client's to say.

#include <cstdint>
#include <optional>
#include <string>

#include "ingest/http/transport.h"

namespace circuit::http {

// What the layer asks of whoever keeps credentials. On the loop of its transport.
class Authorizer {
 public:
  virtual ~Authorizer() = default;
  // Adds what authorizes the request (headers, a signature, a query). Returns which version of the credential
  // it was, for refused(). Errors, before anything is sent:
  //   AUTH           CONNECTION_NEEDS_REAUTHORIZATION, CONNECTION_PENDING
  //   ADMIN_APPROVAL as stored with the connection
  //   NOT_FOUND      CONNECTION_NOT_FOUND
  //   PERMISSION     CREDENTIAL_HOST_REFUSED: the URL's host is none of the provider's
  //   CORRUPT        CREDENTIAL_*; TRANSIENT: the store, or a refresh that has to come first
  virtual Task<Result<int64_t>> authorize(Request& request) = 0;
  // The same where nothing has to be awaited, which is nearly always: a coroutine less for each request.
  // nullopt: ask authorize().
  virtual std::optional<Result<int64_t>> authorize_now(Request& /*request*/) { return std::nullopt; }
  // The provider answered 401 to that version: whether there is a newer one now, or could be made.
  virtual Task<Result<bool>> refused(std::string connection, int64_t version) = 0;
};

class AuthLayer final : public HttpTransport {
 public:
  explicit AuthLayer(HttpTransport& next) : next_(next) {}
  // Who keeps the credentials; outlives the layer's requests. Before the first request that has a connection.
  void use(Authorizer& authorizer) { authorizer_ = &authorizer; }
  Task<Result<Response>> send(SharedRequest request) override;

 private:
  Task<Result<Response>> send_authorized(SharedRequest plain);

  HttpTransport& next_;
  Authorizer* authorizer_ = nullptr; // null: no connection exists (CONNECTION_NOT_FOUND)
};

} // namespace circuit::http
