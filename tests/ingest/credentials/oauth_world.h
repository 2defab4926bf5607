#pragma once
// A provider, its application and a connection, for tests of the OAuth client: the common case, to be changed
// by each test in what it is about.

#include <map>
#include <string>
#include <string_view>

#include "ingest/credentials/oauth.h"

namespace circuit::credentials {

inline constexpr SystemTime kNow{std::chrono::seconds(1'800'000'000)};

struct OAuthWorld {
  OAuthWorld();

  Profile profile;
  Method method;
  OAuthApplication application;
  std::map<std::string, std::string> parameters, properties;

  OAuthProfile& oauth() { return *method.oauth; }
  void add_sign(ApprovalSign sign) { profile.approval->signs.push_back(std::move(sign)); }
  OAuthParty party() const;
  std::variant<Tokens, ExchangeError> answered(int status, std::string body,
                                               const Credential* before = nullptr) const;
  Tokens tokens(std::string body, const Credential* before = nullptr) const; // expected to be some
  ExchangeError failure(int status, std::string body) const;                 // expected
};

http::Response response(int status, std::string body, http::Headers headers = {});
// What a form or the query of a URL says, decoded by Boost.URL.
std::map<std::string, std::string> form(std::string_view encoded);
std::map<std::string, std::string> query_of(const std::string& url);
std::string base64_decoded(std::string text, bool url_alphabet = false);
std::string_view reveal(const Credential& credential, std::string_view name); // empty: not there

} // namespace circuit::credentials
