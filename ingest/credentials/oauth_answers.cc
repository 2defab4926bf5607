// What token endpoints answer (RFC 6749 section 5).

#include <algorithm>
#include <charconv>
#include <cmath>

#include "ingest/credentials/oauth.h"
#include "ingest/credentials/oauth_answer_body.h"
#include "ingest/credentials/oauth_failures.h"
#include "ingest/credentials/web_encoding.h"
#include "ingest/text/dates.h"

namespace circuit::credentials {
namespace {

namespace json = boost::json;

// Nobody means more, and adding it to the time must not overflow.
constexpr double kLongestLifetimeSeconds = 10.0 * 366 * 24 * 3600;
constexpr size_t kLongestToken = 64 << 10;

// What may stand in a header: RFC 6750's characters are fewer, but providers differ.
bool is_token(std::string_view text) {
  const auto visible = [](unsigned char c) { return c > ' ' && c < 0x7f; };
  return !text.empty() && text.size() <= kLongestToken && std::all_of(text.begin(), text.end(), visible);
}

// A number, or a string of one. What is not positive says nothing: some send 0 for "does not expire".
std::optional<Duration> lifetime_at(const json::object& body, std::string_view name) {
  const json::value* value = field_at(body, name);
  if (!value) return std::nullopt;
  double seconds = 0;
  if (value->is_number()) {
    seconds = value->to_number<double>();
  } else if (value->is_string()) {
    const std::string_view text = value->get_string();
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  }
  if (!(seconds >= 1)) return std::nullopt;
  return std::chrono::seconds(static_cast<int64_t>(std::min(seconds, kLongestLifetimeSeconds)));
}

// Between spaces (RFC 6749) or commas (GitHub, Slack), or a list.
std::optional<std::vector<std::string>> scopes_at(const json::object& body) {
  const json::value* value = body.if_contains("scope");
  if (!value) return std::nullopt;
  std::vector<std::string> scopes;
  const auto add = [&](std::string_view text) {
    while (!text.empty()) {
      const std::string_view word = text.substr(0, text.find_first_of(" ,\t"));
      text.remove_prefix(std::min(text.size(), word.size() + 1));
      if (!word.empty()) scopes.emplace_back(word);
    }
  };
  if (value->is_string()) {
    add(value->get_string());
  } else if (value->is_array()) {
    for (const json::value& one : value->get_array()) {
      if (one.is_string()) add(one.get_string());
    }
  } else {
    return std::nullopt;
  }
  return scopes;
}

const json::object* tokens_in(const json::object& body, const std::string& tokens_at) {
  if (tokens_at.empty()) return &body;
  const json::value* inside = field_at(body, tokens_at);
  return inside && inside->is_object() ? &inside->get_object() : nullptr;
}

void set_time(Credential& credential, const char* name, std::optional<SystemTime> time) {
  if (time)
    credential.attributes.insert_or_assign(name, text::format_rfc3339(*time));
  else
    credential.attributes.erase(name);
}

Tokens tokens_of(const json::object& body, const json::object& given, const OAuthProfile& profile,
                 const Credential* before, const std::vector<std::string>& asked, SystemTime now) {
  Tokens tokens;
  if (before) tokens.credential = before->copy();
  Credential& credential = tokens.credential;
  credential.secrets.insert_or_assign("access_token", Secret(string_at(given, "access_token")));
  credential.attributes.insert_or_assign("token_type", "Bearer");
  if (const auto lifetime = lifetime_at(given, "expires_in"))
    tokens.expires_at = now + *lifetime;
  else if (profile.access_token_lifetime)
    tokens.expires_at = now + *profile.access_token_lifetime;
  set_time(credential, "expires_at", tokens.expires_at);

  const std::string_view refresh_token = string_at(given, "refresh_token");
  if (!refresh_token.empty()) credential.secrets.insert_or_assign("refresh_token", Secret(refresh_token));
  if (credential.find("refresh_token")) {
    // GitHub and Entra say how long; a lifetime of idleness begins again with each use.
    if (const auto lifetime = lifetime_at(given, "refresh_token_expires_in"))
      set_time(credential, "refresh_token_expires_at", now + *lifetime);
    else if (profile.refresh_token_idle_lifetime)
      set_time(credential, "refresh_token_expires_at", now + *profile.refresh_token_idle_lifetime);
  }

  tokens.scopes = scopes_at(given).value_or(asked);
  for (const auto& [field, property] : profile.captured) {
    if (auto value = property_at(body, field); value && !value->empty())
      tokens.properties.insert_or_assign(property, std::move(*value));
  }
  return tokens;
}

} // namespace

std::variant<Tokens, ExchangeError> read_tokens(const OAuthParty& party,
                                                const Result<http::Response>& response,
                                                const Credential* before,
                                                const std::vector<std::string>& asked, SystemTime now) {
  if (!response) return transport_failure(party, response.error());
  static const OAuthProfile kPlain; // what assertion grants go by
  const OAuthProfile& profile = party.method.oauth ? *party.method.oauth : kPlain;
  const bool answered = response->status >= 200 && response->status < 300;
  const auto body = read_answer_body(response->body);
  if (!body) return unreadable_exchange(party, *response, now);
  const json::object* given = tokens_in(*body, profile.tokens_at);
  const bool has_token = given && !string_at(*given, "access_token").empty();
  if (!answered || !has_token) {
    if (const auto error = error_in(*body, profile.success_field, response->status))
      return refused_exchange(party, *error, *response, asked, now);
    return unreadable_exchange(party, *response, now);
  }
  const std::string_view type = string_at(*given, "token_type");
  if (!type.empty() && lower_case(type) != lower_case(profile.token_type))
    return unusable_tokens(party, "it gives tokens of another type than " + profile.token_type);
  if (!is_token(string_at(*given, "access_token"))) return unreadable_exchange(party, *response, now);
  const std::string_view refresh_token = string_at(*given, "refresh_token");
  if (!refresh_token.empty() && !is_token(refresh_token)) return unreadable_exchange(party, *response, now);
  return tokens_of(*body, *given, profile, before, asked, now);
}

} // namespace circuit::credentials
