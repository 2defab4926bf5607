#include "ingest/text/url.h"

#include <unicode/uidna.h>

#include <algorithm>
#include <array>
#include <boost/url.hpp>
#include <memory>

#include "ingest/text/ascii.h"
#include "ingest/text/url_reference.h"

namespace circuit::text {
namespace {

namespace urls = boost::urls;

int default_port(std::string_view scheme) {
  if (scheme == "http" || scheme == "ws") return 80;
  if (scheme == "https" || scheme == "wss") return 443;
  if (scheme == "ftp") return 21;
  return 0;
}

std::string_view view(urls::string_view s) { return {s.data(), s.size()}; }

// Characters beyond ASCII, square brackets outside a host and what else RFC 3986 has no place for,
// percent-encoded.
std::string encode_iri(std::string_view iri) {
  std::string out;
  out.reserve(iri.size());
  const size_t host_end = iri.find(']');
  const UrlReference parts = split_reference(iri);
  const bool bracketed_host = parts.has_authority && parts.authority.find('[') != std::string_view::npos;
  // A host has none, so all but the last '@' belong to the user info.
  const size_t last_at = parts.authority.rfind('@');
  const size_t user_info_end = last_at == std::string_view::npos
                                   ? 0
                                   : static_cast<size_t>(parts.authority.data() - iri.data()) + last_at;
  bool in_fragment = false;
  for (size_t i = 0; i < iri.size(); ++i) {
    const char c = iri[i];
    const bool at_in_user_info = c == '@' && i < user_info_end;
    const bool bracket = (c == '[' || c == ']') && !(bracketed_host && i <= host_end);
    const bool second_hash = c == '#' && in_fragment;
    if (c == '#') in_fragment = true;
    if (static_cast<unsigned char>(c) >= 0x80 || bracket || second_hash || at_in_user_info) {
      constexpr std::string_view kHex = "0123456789ABCDEF";
      out += '%';
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    } else {
      out += c;
    }
  }
  return out;
}

// The host in ASCII (Punycode, UTS #46), everything else as it is; nullopt where it can be no host name.
std::optional<std::string> with_ascii_host(std::string iri) {
  const std::string_view authority = split_reference(iri).authority;
  const size_t at = authority.rfind('@');
  const std::string_view host_and_port = at == std::string_view::npos ? authority : authority.substr(at + 1);
  const std::string_view host = host_and_port.substr(0, host_and_port.rfind(':'));
  const bool ascii =
      std::all_of(host.begin(), host.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii) return iri;

  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UIDNA, decltype(&uidna_close)> idna(
      uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII, &status), &uidna_close);
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  std::array<char, 256> name; // RFC 1035: 255 bytes
  if (U_FAILURE(status) || host.size() > 1024) return std::nullopt;
  const int32_t length =
      uidna_nameToASCII_UTF8(idna.get(), host.data(), static_cast<int32_t>(host.size()), name.data(),
                             static_cast<int32_t>(name.size()), &info, &status);
  if (U_FAILURE(status) || info.errors != 0) return std::nullopt;
  const size_t start = static_cast<size_t>(host.data() - iri.data());
  iri.replace(start, host.size(), name.data(), static_cast<size_t>(length));
  return iri;
}

// No escapes in the host, only digits in the port: Boost.URL takes any registered name for a host.
bool is_plausible_authority(std::string_view authority) {
  const size_t at = authority.rfind('@');
  std::string_view host = at == std::string_view::npos ? authority : authority.substr(at + 1);
  const size_t bracket = host.find(']');
  const size_t colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    const std::string_view port = host.substr(colon + 1);
    if (!std::all_of(port.begin(), port.end(), is_ascii_digit)) return false;
    host = host.substr(0, colon);
  }
  return host.find('%') == std::string_view::npos;
}

std::optional<urls::url> parse_absolute(std::string_view text) {
  const std::optional<std::string> repaired = with_ascii_host(repair_reference(text));
  if (!repaired) return std::nullopt;
  const std::string encoded = encode_iri(*repaired);
  const std::string_view authority = split_reference(encoded).authority;
  if (!is_plausible_authority(authority)) return std::nullopt;
  const auto parsed = urls::parse_uri(encoded);
  if (!parsed || !parsed->has_authority()) return std::nullopt;
  // Boost.URL 1.81 takes what it cannot read of an authority for a path without its slash.
  if (view(parsed->encoded_authority()) != authority) return std::nullopt;
  urls::url url(*parsed);
  url.normalize_scheme();
  url.normalize_authority();
  // A file has no host to name; everything else does.
  if (url.encoded_host().empty() && view(url.scheme()) != "file") return std::nullopt;
  return url;
}

std::string merge_paths(const UrlReference& base, std::string_view path) {
  if (base.has_authority && base.path.empty()) return "/" + std::string(path);
  const size_t slash = base.path.rfind('/');
  return std::string(base.path.substr(0, slash == std::string_view::npos ? 0 : slash + 1)) +
         std::string(path);
}

std::string compose(const UrlReference& scheme_and_authority, std::string_view path,
                    const UrlReference& query, const UrlReference& fragment) {
  std::string out = ascii_lower(scheme_and_authority.scheme) + ":";
  if (scheme_and_authority.has_authority) {
    out += "//";
    out += scheme_and_authority.authority;
  }
  out += path;
  if (query.has_query) {
    out += '?';
    out += query.query;
  }
  if (fragment.has_fragment) {
    out += '#';
    out += fragment.fragment;
  }
  return out;
}

} // namespace

std::string resolve_url(std::string_view base_text, std::string_view reference_text) {
  std::string reference = repair_reference(reference_text);
  const UrlReference ref = split_reference(reference);
  if (ref.has_scheme) {
    if (!ref.has_authority) return reference; // mailto:, urn:, data: and the like have no dot segments
    return compose(ref, remove_dot_segments(ref.path), ref, ref);
  }
  const std::string base_repaired = repair_reference(base_text);
  const UrlReference base = split_reference(base_repaired);
  if (!base.has_scheme || !(base.has_authority || base.path.starts_with('/'))) return reference;

  if (ref.has_authority) {
    UrlReference target = ref;
    target.scheme = base.scheme;
    return compose(target, remove_dot_segments(ref.path), ref, ref);
  }
  if (ref.path.empty()) return compose(base, remove_dot_segments(base.path), ref.has_query ? ref : base, ref);
  const std::string path = ref.path.starts_with('/') ? std::string(ref.path) : merge_paths(base, ref.path);
  return compose(base, remove_dot_segments(path), ref, ref);
}

std::optional<std::string> normalize_url(std::string_view text) {
  std::optional<urls::url> url = parse_absolute(text);
  if (!url) return std::nullopt;
  url->normalize();
  const int port = default_port(view(url->scheme()));
  if (url->has_port() && (view(url->port()).empty() || url->port_number() == port)) url->remove_port();
  const std::string whole(view(url->buffer()));
  const UrlReference parts = split_reference(whole);
  return parts.path.empty() ? compose(parts, "/", parts, parts) : whole;
}

std::optional<UrlParts> split_url(std::string_view text) {
  const std::optional<urls::url> url = parse_absolute(text);
  if (!url) return std::nullopt;
  UrlParts parts;
  parts.scheme = view(url->scheme());
  parts.user_info = view(url->encoded_userinfo());
  parts.host = ascii_lower(view(url->encoded_host_address()));
  parts.path = view(url->encoded_path());
  parts.query = view(url->encoded_query());
  parts.fragment = view(url->encoded_fragment());
  const bool has_port = url->has_port() && !url->port().empty();
  if (has_port && url->port_number() == 0) return std::nullopt; // 0, or beyond 65535
  parts.port = has_port ? url->port_number() : default_port(parts.scheme);
  return parts;
}

std::string url_origin(std::string_view text) {
  const std::optional<UrlParts> parts = split_url(text);
  if (!parts) return {};
  const bool ipv6 = parts->host.find(':') != std::string::npos;
  std::string origin = parts->scheme + "://" + (ipv6 ? "[" + parts->host + "]" : parts->host);
  if (parts->port != 0 && parts->port != default_port(parts->scheme))
    origin += ":" + std::to_string(parts->port);
  return origin;
}

} // namespace circuit::text
