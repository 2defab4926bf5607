#pragma once
// Shared Key, the way in which Azure Storage authorizes requests by a key of the account.
//
// learn.microsoft.com, "Authorize with Shared Key", the format for versions 2015-02-21 and later: a
// signature, HMAC-SHA256 over what of the request matters, in the order that string_to_sign() writes.
// Whatever it covers must reach the service as it was signed. Pure functions; any thread.

#include <string>
#include <string_view>

#include "ingest/http/message.h"
#include "ingest/runtime/result.h"

namespace circuit::feeds::azure_blob {

// The version of the interface that is asked for; part of what is signed.
inline constexpr std::string_view kServiceVersion = "2021-12-02";

// "Sun, 06 Nov 1994 08:49:37 GMT", as x-ms-date wants it.
std::string http_date(SystemTime time);

// "/account", the path as it is encoded in the URL, and the query's parameters, decoded, by name. An emulator
// has the account in the path too, where it is written twice.
std::string canonicalized_resource(std::string_view account, std::string_view url);

// Of a request that has its x-ms-date and x-ms-version. Content-Length is that of the body, and an empty line
// where there is none.
std::string string_to_sign(const http::Request& request, std::string_view account);

// Base64 of the HMAC under the key, which is base64 itself. AUTH AZURE_KEY_MALFORMED.
Result<std::string> signature(std::string_view text, std::string_view key_base64);

// Sets x-ms-date, x-ms-version and Authorization. AUTH AZURE_KEY_MALFORMED.
Result<void> sign(http::Request& request, std::string_view account, std::string_view key_base64,
                  SystemTime now);

// Sets x-ms-date and x-ms-version, and puts the query of a shared access signature (sv=...&sig=..., with or
// without "?") behind what the URL has. AUTH AZURE_SAS_MALFORMED.
Result<void> append_sas(http::Request& request, std::string_view sas, SystemTime now);

} // namespace circuit::feeds::azure_blob
