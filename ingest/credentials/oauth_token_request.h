#pragma once
// What every request to an authorization server has in common: where it goes, how its parameters are written,
// and how the application says who it is. Private to this folder. Pure; any thread.

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/credentials/oauth.h"

namespace circuit::credentials {

// Names and values that the caller keeps alive, in the order in which they are written.
using Parameters = std::vector<std::pair<std::string_view, std::string_view>>;

// INVALID AUTHORIZATION_UNSUPPORTED: the method has no OAuth, or not this part of it.
Error authorization_unsupported(const OAuthParty& party);
Result<const OAuthProfile*> oauth_profile(const OAuthParty& party);

// Of the application, or of the connection where it brings its own: without a person, it is the customer's.
// INVALID CONNECTION_PARAMETER_MISSING.
Result<std::string> client_id_of(const OAuthParty& party);

// The template filled in, as an address that may see secrets: https, or http on this machine (tests, and
// whoever develops; connections.h decides whether that is allowed). INVALID CONNECTION_PARAMETER_MISSING,
// ENDPOINT_UNUSABLE.
Result<std::string> endpoint_url(const OAuthParty& party, const std::string& text);

// To which addresses a request to that host of the provider may go.
http::AddressPolicy policy_towards(const Profile& profile, const std::string& host);

// A request to the provider's own hosts alone, not followed elsewhere, that nobody repeats unasked.
http::Request provider_request(const OAuthParty& party, std::string method, std::string url);

// Fixed parameters of the catalog, which are templates, and their place behind those of the protocol, which
// they do not override. INVALID CONNECTION_PARAMETER_MISSING.
Result<std::map<std::string, std::string>> fixed_parameters(
    const OAuthParty& party, const std::map<std::string, std::string>& templates);
void add_fixed(Parameters& parameters, const std::map<std::string, std::string>& fixed);

std::string joined(const std::vector<std::string>& words, const std::string& separator);

std::string written_as_form(const Parameters& parameters);
std::string written_as_json(const Parameters& parameters);

// A POST of the parameters, in the profile's format, authenticated as the profile says.
// INVALID CONNECTION_PARAMETER_MISSING, CLIENT_SECRET_MISSING, ENDPOINT_UNUSABLE.
Result<http::Request> authenticated_post(const OAuthParty& party, const OAuthProfile& profile,
                                         const std::string& endpoint, Parameters parameters);

// INVALID SECRET_MISSING: the credential lacks what this method needs.
Error secret_missing(const OAuthParty& party, const std::string& name);

std::string bearer_authorization(const Secret& token);
// "Basic ..." of RFC 6749 section 2.3.1: id and secret are form-encoded first.
std::string basic_client_authorization(const std::string& client_id, const Secret& client_secret);

} // namespace circuit::credentials
