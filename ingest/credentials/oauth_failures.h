#pragma once
// What a failed exchange means. Private to this folder. Pure; any thread.

#include "ingest/credentials/oauth.h"
#include "ingest/credentials/oauth_answer_body.h"

namespace circuit::credentials {

// No answer came: whether the request had gone out decides between kTransient and kUnknown.
ExchangeError transport_failure(const OAuthParty& party, const Error& error);

// An answer that says what is wrong.
ExchangeError refused_exchange(const OAuthParty& party, const ErrorAnswer& answer,
                               const http::Response& response, const std::vector<std::string>& asked,
                               SystemTime now);

// One that does not.
ExchangeError unreadable_exchange(const OAuthParty& party, const http::Response& response, SystemTime now);

// A 2xx that gave nothing that can be used.
ExchangeError unusable_tokens(const OAuthParty& party, const std::string& why);

// THROTTLED PROVIDER_THROTTLED, until the time that the answer asks for.
Error throttled(const OAuthParty& party, const http::Response& response, SystemTime now);

} // namespace circuit::credentials
