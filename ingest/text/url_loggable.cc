// What of a URL may be written to a log or an error message.

#include <algorithm>
#include <array>

#include "ingest/text/ascii.h"
#include "ingest/text/url.h"
#include "ingest/text/url_reference.h"

namespace circuit::text {
namespace {

constexpr std::string_view kHidden = "...";

// Parts of parameter names that carry credentials: api_key, access_token, sig (Azure SAS), X-Amz-Signature,
// ...
constexpr auto kTellingNames = std::to_array<std::string_view>(
    {"key",  "token", "secret", "passw", "pwd",    "auth", "sig",     "session", "credential", "jwt",
     "code", "hash",  "hmac",   "nonce", "ticket", "otp",  "private", "access",  "bearer",     "sas"});

bool has_telling_name(std::string_view name) {
  return std::any_of(kTellingNames.begin(), kTellingNames.end(), [&](std::string_view telling) {
    return find_ignoring_case(name, telling) != std::string_view::npos;
  });
}

// A long run of letters and digits mixed, or a UUID: nobody wrote that by hand.
bool looks_like_key(std::string_view value) {
  size_t run = 0, digits = 0, uuid_like = 0;
  for (const char c : value) {
    uuid_like += is_ascii_alnum(c) || c == '-';
    run = is_ascii_alnum(c) ? run + 1 : 0;
    digits = run == 0 ? 0 : digits + (is_ascii_digit(c) ? 1 : 0);
    if (run >= 16 && digits >= 3 && digits < run) return true;
  }
  return value.size() == 36 && uuid_like == 36 && value[8] == '-' && value[13] == '-' && value[18] == '-' &&
         value[23] == '-';
}

void append_parameter(std::string& out, std::string_view parameter) {
  const size_t equals = parameter.find('=');
  if (equals == std::string_view::npos) {
    out += looks_like_key(parameter) ? kHidden : parameter;
    return;
  }
  const std::string_view name = parameter.substr(0, equals);
  const std::string_view value = parameter.substr(equals + 1);
  out += name;
  out += '=';
  out += has_telling_name(name) || looks_like_key(value) ? kHidden : value;
}

std::string without_keys(std::string_view query) {
  std::string out;
  for (bool first = true; first || !query.empty(); first = false) {
    const size_t end = std::min(query.find_first_of("&;"), query.size());
    append_parameter(out, query.substr(0, end));
    if (end == query.size()) break;
    out += query[end];
    query.remove_prefix(end + 1);
  }
  return out;
}

// Schemes whose path is an address with an '@' of its own, and nobody's user info.
constexpr auto kAddressSchemes = std::to_array<std::string_view>(
    {"acct", "cid", "im", "mailto", "mid", "news", "sip", "sips", "tag", "urn", "xmpp"});

// libcurl and browsers take any number of slashes for the two before an authority, so what matters is not
// whether there is one but whether somebody might read one.
std::string without_user_info(std::string_view url) {
  const UrlReference parts = split_reference(url);
  const std::string scheme = ascii_lower(parts.scheme);
  if (std::find(kAddressSchemes.begin(), kAddressSchemes.end(), scheme) != kAddressSchemes.end())
    return std::string(url);
  const size_t start = url.find_first_not_of('/', parts.has_scheme ? parts.scheme.size() + 1 : 0);
  if (start == std::string_view::npos) return std::string(url);
  const std::string_view authority = url.substr(start, url.find_first_of("/?#", start) - start);
  const size_t at = authority.rfind('@');
  if (at == std::string_view::npos) return std::string(url);
  std::string out(url.substr(0, start));
  // Without a host the next segment would be taken for the authority, when this is read again.
  if (at + 1 == authority.size()) out += kHidden;
  return out.append(url.substr(start + at + 1));
}

} // namespace

std::string loggable_url(std::string_view url) {
  // Most have nothing in them that could be hidden.
  const bool is_plain =
      std::none_of(url.begin(), url.end(), [](char c) { return c == '@' || c == '?' || c == '#'; });
  if (is_plain && needs_no_repair(url)) return std::string(url);
  // Before the repairs as well: they make an end of the authority of a backslash, and libcurl does not.
  const std::string shown = without_user_info(repair_reference(without_user_info(trim_ascii(url))));
  const UrlReference parts = split_reference(shown);
  std::string out;
  if (parts.has_scheme) out.append(parts.scheme).append(":");
  if (parts.has_authority) out.append("//").append(parts.authority);
  out += parts.path;
  if (parts.has_query) out.append("?").append(without_keys(parts.query));
  // OAuth's implicit flow and share links put tokens into fragments, in the same form as a query.
  if (parts.has_fragment) out.append("#").append(without_keys(parts.fragment));
  return out;
}

} // namespace circuit::text
