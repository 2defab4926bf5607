#pragma once
// What becomes of a request that is told to go elsewhere (RFC 9110 section 15.4, and what browsers do). Pure;
// any thread.

#include "ingest/http/message.h"

namespace circuit::http {

// 301, 302, 303, 307, 308.
bool is_redirect_status(int status);

// The request for the next hop:
// - POST becomes GET after 301 and 302; everything but GET and HEAD does after 303; the body goes with it.
// - To another origin only headers that say nothing about the caller go along: Authorization, Cookie, API
// keys and
//   whatever else a provider invented stay behind. A body stays behind as well, and the redirect is refused.
// - From https to http only a request that carried nothing confidential may go.
// - If-None-Match and If-Modified-Since go to Request::validators_url alone: anywhere else they might match
// by accident,
//   and an edit would be missed. Where they are left out only bytes are lost.
// INVALID URL_MALFORMED, URL_SCHEME_REFUSED, REDIRECT_REFUSED.
Result<Request> redirected(const Request& request, int status, std::string_view location);

// Whether a request carries validators and does not go to where they came from; takes them out of it.
bool has_foreign_validators(const Request& request, const std::string& validators_url);
void drop_foreign_validators(Request& request, const std::string& validators_url);

} // namespace circuit::http
