#pragma once
// An authorization server with a resource server beside it, as RFC 6749, 7009, 7636, 9207 and 9700 have them,
// and as strict as those allow: refresh tokens rotate, and one that is sent again after its successor was
// issued revokes the whole grant (RFC 9700 section 4.14.2), unless a leeway is configured. It knows the
// truth: which grants live, which token of each is the current one, who sent a spent one.
//
// /authorize (through consent()), /token, /revoke, /userinfo, and /api, which wants a living access token.
// Belongs to one thread.

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "ingest/runtime/random.h"
#include "tests/providers/simulated_provider.h"

namespace circuit::providers {

// What goes wrong with one request to the token endpoint.
enum class TokenFault {
  kNone,
  kRefusedConnection, // nothing was sent
  kUnavailable,       // 503 temporarily_unavailable, nothing took place
  kThrottled,         // 429 with Retry-After: 30, nothing took place
  kRequestLost,       // reset before anything took place; the client cannot know
  kResponseLost,      // took place, then reset
  kResponseLate,      // took place, and is answered after two minutes
  kBadGateway,        // took place, and the proxy before it says 502
  kSlow,              // took place, and is answered after ten seconds
};

struct AuthorizationServerOptions {
  std::string client_id = "client";
  std::string client_secret = "the-client-secret-of-tests";
  std::string issuer; // sent as `iss`; empty: not sent
  Duration access_token_lifetime = std::chrono::hours(1);
  bool rotates = true;
  bool detects_reuse = true; // a spent token revokes the grant; otherwise it is only refused
  Duration reuse_leeway{};   // for so long a spent token is taken as if it was not
  Duration think_time{};     // before each answer
  bool wants_pkce = true;
};

class AuthorizationServer final : public SimulatedProvider {
 public:
  AuthorizationServer(AuthorizationServerOptions options, Random& random)
      : options_(std::move(options)), random_(random) {}

  SimResponse respond(const SimRequest& request, SystemTime now, std::optional<ContentFault> fault) override;

  // A person follows the link, signs in and agrees: where the browser goes then.
  std::string consent(const std::string& authorization_url, const std::string& account, SystemTime now);
  // The same, and the consent page says no.
  std::string refuse(const std::string& authorization_url, const std::string& error,
                     const std::string& description = "");

  // A grant whose consent was given before the test begins: its first refresh token.
  std::string grant(const std::string& account);

  // Asked for each request to /token.
  std::function<TokenFault(SystemTime now)> token_fault;
  // The refresh grant of everybody is refused with this: "invalid_grant", "invalid_client".
  std::string refuse_refreshes;
  int api_status = 0;                              // what /api answers instead of looking at the token
  int revoke_status = 0;                           // what /revoke answers instead of revoking
  void revoke_account(const std::string& account); // as the person does in the account's settings
  void expire_access_tokens();

  // The truth.
  bool alive(const std::string& account) const; // some grant of it is
  size_t living_grants() const;
  bool knows_refresh_token(const std::string& token) const { return refresh_tokens_.contains(token); }
  bool is_current(const std::string& refresh_token) const;
  uint64_t reuses() const { return reuses_; }       // spent tokens that were sent again outside of the leeway
  uint64_t exchanges() const { return exchanges_; } // that took place
  uint64_t refresh_requests() const { return refresh_requests_; }
  // How often each refresh token reached the server, but for requests that it answered by saying that nothing
  // took place.
  const std::map<std::string, int>& presented() const { return presented_; }
  // Every secret that it has made or was configured with.
  const std::set<std::string>& secrets() const { return secrets_; }

 private:
  struct Grant {
    std::string account, scope;
    bool revoked = false;
    std::string current; // refresh token
  };
  struct Code {
    std::string account, scope, redirect_uri, challenge;
    SystemTime expires;
  };
  struct RefreshToken {
    size_t grant;
    std::optional<SystemTime> spent;
  };
  struct AccessToken {
    size_t grant;
    SystemTime expires;
  };
  using Form = std::map<std::string, std::string>;

  SimResponse token(const SimRequest& request, SystemTime now);
  SimResponse answer_token(const SimRequest& request, const Form& form, SystemTime now);
  SimResponse exchange_code(const Form& form, SystemTime now);
  SimResponse exchange_refresh_token(const Form& form, SystemTime now);
  SimResponse issue(size_t grant, bool with_refresh_token, SystemTime now);
  SimResponse revoke(const SimRequest& request);
  const Grant* grant_of_bearer(const SimRequest& request, SystemTime now) const;
  bool client_is_good(const SimRequest& request, const Form& form) const;
  std::string secret(const char* kind);

  AuthorizationServerOptions options_;
  Random& random_;
  std::vector<Grant> grants_;
  std::map<std::string, Code> codes_;
  std::map<std::string, RefreshToken> refresh_tokens_;
  std::map<std::string, AccessToken> access_tokens_;
  std::map<std::string, int> presented_;
  std::set<std::string> secrets_;
  uint64_t reuses_ = 0, exchanges_ = 0, refresh_requests_ = 0;
};

} // namespace circuit::providers
