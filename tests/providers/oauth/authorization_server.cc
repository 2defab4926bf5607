#include "tests/providers/oauth/authorization_server.h"

#include "ingest/runtime/digest.h"

namespace circuit::providers {
namespace {

constexpr Duration kCodeLifetime = std::chrono::minutes(1);

std::string decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    if (plain)
      out += c;
    else
      out += "%" + to_hex({&c, 1});
  }
  return out;
}

std::map<std::string, std::string> form_of(std::string_view text) {
  std::map<std::string, std::string> form;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    const size_t equals = std::min(pair.find('='), pair.size());
    form[decoded(pair.substr(0, equals))] =
        decoded(equals < pair.size() ? pair.substr(equals + 1) : std::string_view());
  }
  return form;
}

std::map<std::string, std::string> query_of(std::string_view url) {
  const size_t mark = url.find('?');
  return form_of(mark == std::string_view::npos ? std::string_view() : url.substr(mark + 1));
}

// RFC 4648 section 5, without padding.
std::string base64url(std::string_view bytes) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) out += kAlphabet[bits >> (count - 6) & 63];
  }
  if (count > 0) out += kAlphabet[bits << (6 - count) & 63];
  return out;
}

SimResponse json(int status, const std::string& body) {
  SimResponse response = text_response(status, "application/json", body);
  set_field(response.fields, "Cache-Control", "no-store");
  return response;
}

SimResponse error(int status, const std::string& name) {
  return json(status, R"({"error":")" + name + R"(","error_description":"as the test wants it"})");
}

} // namespace

std::string AuthorizationServer::secret(const char* kind) {
  return *secrets_.insert(std::string(kind) + "-" + random_.id()).first;
}

std::string AuthorizationServer::consent(const std::string& authorization_url, const std::string& account,
                                         SystemTime now) {
  auto query = query_of(authorization_url);
  const std::string code = secret("code");
  codes_[code] = {account, query["scope"], query["redirect_uri"], query["code_challenge"],
                  now + kCodeLifetime};
  std::string back = query["redirect_uri"] + "?code=" + code + "&state=" + encoded(query["state"]);
  if (!options_.issuer.empty()) back += "&iss=" + encoded(options_.issuer);
  return back;
}

std::string AuthorizationServer::refuse(const std::string& authorization_url, const std::string& error_name,
                                        const std::string& description) {
  auto query = query_of(authorization_url);
  std::string back = query["redirect_uri"] + "?error=" + error_name + "&state=" + encoded(query["state"]);
  if (!description.empty()) back += "&error_description=" + encoded(description);
  if (!options_.issuer.empty()) back += "&iss=" + encoded(options_.issuer);
  return back;
}

SimResponse AuthorizationServer::respond(const SimRequest& request, SystemTime now,
                                         std::optional<ContentFault>) {
  const std::string_view path = request.path();
  SimResponse response;
  if (path == "/token") {
    response = token(request, now);
  } else if (path == "/revoke") {
    response = revoke(request);
  } else if (path == "/userinfo") {
    const Grant* grant = grant_of_bearer(request, now);
    response = grant ? json(200, R"({"email":")" + grant->account + R"("})") : error(401, "invalid_token");
  } else if (path == "/api") {
    if (api_status != 0)
      response = json(api_status, "{}");
    else
      response = grant_of_bearer(request, now) ? json(200, R"({"ok":true})") : error(401, "invalid_token");
  } else {
    response = json(404, "{}");
  }
  response.delivery.delay += options_.think_time;
  return response;
}

SimResponse AuthorizationServer::token(const SimRequest& request, SystemTime now) {
  const Form form = form_of(request.body);
  const auto presented = form.find("refresh_token");
  const TokenFault fault = token_fault ? token_fault(now) : TokenFault::kNone;
  if (fault != TokenFault::kRefusedConnection && presented != form.end()) ++refresh_requests_;
  const bool harmless = fault == TokenFault::kRefusedConnection || fault == TokenFault::kUnavailable ||
                        fault == TokenFault::kThrottled;
  if (!harmless && presented != form.end()) ++presented_[presented->second];
  SimResponse response;
  switch (fault) {
    case TokenFault::kRefusedConnection:
      response.delivery.broken = Delivery::Break::kRefused;
      return response;
    case TokenFault::kUnavailable:
      return error(503, "temporarily_unavailable");
    case TokenFault::kThrottled:
      response = error(429, "slow_down");
      set_field(response.fields, "Retry-After", "30");
      return response;
    case TokenFault::kRequestLost:
      response.delivery.broken = Delivery::Break::kReset;
      return response;
    case TokenFault::kResponseLost:
      response = answer_token(request, form, now);
      response.delivery.broken = Delivery::Break::kReset;
      return response;
    case TokenFault::kResponseLate:
      response = answer_token(request, form, now);
      response.delivery.delay = std::chrono::minutes(2);
      return response;
    case TokenFault::kBadGateway:
      answer_token(request, form, now);
      return text_response(502, "text/html", "<h1>Bad Gateway</h1>");
    case TokenFault::kSlow:
      response = answer_token(request, form, now);
      response.delivery.delay = std::chrono::seconds(10);
      return response;
    case TokenFault::kNone:
      break;
  }
  return answer_token(request, form, now);
}

bool AuthorizationServer::client_is_good(const SimRequest& request, const Form& form) const {
  const auto id = form.find("client_id"), secret = form.find("client_secret");
  const bool in_body = id != form.end() && secret != form.end() && id->second == options_.client_id &&
                       secret->second == options_.client_secret;
  return in_body || find_field(request.fields, "Authorization").has_value();
}

SimResponse AuthorizationServer::answer_token(const SimRequest& request, const Form& form, SystemTime now) {
  if (!client_is_good(request, form)) return error(401, "invalid_client");
  const auto type = form.find("grant_type");
  if (type != form.end() && type->second == "authorization_code") return exchange_code(form, now);
  if (type != form.end() && type->second == "refresh_token") return exchange_refresh_token(form, now);
  if (type != form.end() && type->second == "client_credentials") {
    grants_.push_back({options_.client_id, "", false, ""});
    return issue(grants_.size() - 1, false, now);
  }
  return error(400, "unsupported_grant_type");
}

SimResponse AuthorizationServer::exchange_code(const Form& form, SystemTime now) {
  const auto value = [&](const char* name) {
    const auto found = form.find(name);
    return found == form.end() ? std::string() : found->second;
  };
  const auto found = codes_.find(value("code"));
  if (found == codes_.end()) return error(400, "invalid_grant");
  const Code code = found->second;
  codes_.erase(found); // RFC 6749 section 4.1.2: once
  if (code.expires < now || code.redirect_uri != value("redirect_uri")) return error(400, "invalid_grant");
  const std::string challenge = base64url(sha256(value("code_verifier")));
  if (options_.wants_pkce && (code.challenge.empty() || challenge != code.challenge))
    return error(400, "invalid_grant");
  grants_.push_back({code.account, code.scope, false, ""});
  return issue(grants_.size() - 1, true, now);
}

SimResponse AuthorizationServer::exchange_refresh_token(const Form& form, SystemTime now) {
  if (!refuse_refreshes.empty())
    return error(refuse_refreshes == "invalid_client" ? 401 : 400, refuse_refreshes);
  const auto sent = form.find("refresh_token");
  const auto found = refresh_tokens_.find(sent == form.end() ? "" : sent->second);
  if (found == refresh_tokens_.end() || grants_[found->second.grant].revoked) {
    if (found != refresh_tokens_.end() && found->second.spent) ++reuses_;
    return error(400, "invalid_grant");
  }
  RefreshToken& token = found->second;
  if (token.spent && now > *token.spent + options_.reuse_leeway) {
    ++reuses_;
    if (options_.detects_reuse) grants_[token.grant].revoked = true;
    return error(400, "invalid_grant");
  }
  if (options_.rotates && !token.spent) token.spent = now;
  return issue(token.grant, options_.rotates, now);
}

SimResponse AuthorizationServer::issue(size_t grant, bool with_refresh_token, SystemTime now) {
  ++exchanges_;
  const std::string access = secret("access");
  access_tokens_[access] = {grant, now + options_.access_token_lifetime};
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(options_.access_token_lifetime).count();
  std::string body =
      R"({"access_token":")" + access + R"(","token_type":"Bearer","expires_in":)" + std::to_string(seconds);
  if (with_refresh_token) {
    const std::string refresh = secret("refresh");
    refresh_tokens_[refresh] = {grant, std::nullopt};
    grants_[grant].current = refresh;
    body += R"(,"refresh_token":")" + refresh + '"';
  }
  if (!grants_[grant].scope.empty()) body += R"(,"scope":")" + grants_[grant].scope + '"';
  return json(200, body + "}");
}

std::string AuthorizationServer::grant(const std::string& account) {
  const std::string token = secret("refresh");
  refresh_tokens_[token] = {grants_.size(), std::nullopt};
  grants_.push_back({account, "files.read", false, token});
  return token;
}

SimResponse AuthorizationServer::revoke(const SimRequest& request) {
  if (revoke_status != 0) return json(revoke_status, "{}");
  const Form form = form_of(request.body);
  if (!client_is_good(request, form)) return error(401, "invalid_client");
  const auto sent = form.find("token");
  if (sent == form.end()) return error(400, "invalid_request");
  const auto refresh = refresh_tokens_.find(sent->second);
  if (refresh != refresh_tokens_.end()) grants_[refresh->second.grant].revoked = true;
  const auto access = access_tokens_.find(sent->second);
  if (access != access_tokens_.end()) grants_[access->second.grant].revoked = true;
  return json(200, "");
}

const AuthorizationServer::Grant* AuthorizationServer::grant_of_bearer(const SimRequest& request,
                                                                       SystemTime now) const {
  const auto field = find_field(request.fields, "Authorization");
  if (!field || !field->starts_with("Bearer ")) return nullptr;
  const auto found = access_tokens_.find(field->substr(7));
  if (found == access_tokens_.end() || found->second.expires <= now) return nullptr;
  const Grant& grant = grants_[found->second.grant];
  return grant.revoked ? nullptr : &grant;
}

void AuthorizationServer::revoke_account(const std::string& account) {
  for (Grant& grant : grants_) {
    if (grant.account == account) grant.revoked = true;
  }
}

void AuthorizationServer::expire_access_tokens() { access_tokens_.clear(); }

bool AuthorizationServer::alive(const std::string& account) const {
  for (const Grant& grant : grants_) {
    if (grant.account == account && !grant.revoked) return true;
  }
  return false;
}

size_t AuthorizationServer::living_grants() const {
  size_t count = 0;
  for (const Grant& grant : grants_) count += grant.revoked ? 0 : 1;
  return count;
}

bool AuthorizationServer::is_current(const std::string& refresh_token) const {
  const auto found = refresh_tokens_.find(refresh_token);
  return found != refresh_tokens_.end() && !found->second.spent && !grants_[found->second.grant].revoked;
}

} // namespace circuit::providers
