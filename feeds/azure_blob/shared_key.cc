#include "feeds/azure_blob/shared_key.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <vector>

#include "feeds/azure_blob/names.h"
#include "ingest/text/percent.h"

namespace circuit::feeds::azure_blob {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(
      out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

struct UrlPieces {
  std::string_view path;
  std::string_view query;
};

UrlPieces pieces(std::string_view url) {
  url = url.substr(0, url.find('#'));
  const size_t scheme = url.find("://");
  const size_t host = scheme == std::string_view::npos ? 0 : scheme + 3;
  const size_t end = std::min(url.find_first_of("/?", host), url.size());
  const std::string_view rest = url.substr(end);
  const size_t question = std::min(rest.find('?'), rest.size());
  UrlPieces out{rest.substr(0, question), {}};
  if (question < rest.size()) out.query = rest.substr(question + 1);
  if (out.path.empty()) out.path = "/";
  return out;
}

// By name in lower case; the values of each sorted.
std::map<std::string, std::vector<std::string>> parameters(std::string_view query) {
  std::map<std::string, std::vector<std::string>> out;
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    const std::string_view one = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (one.empty()) continue;
    const size_t equals = std::min(one.find('='), one.size());
    const std::string_view value = equals < one.size() ? one.substr(equals + 1) : std::string_view();
    out[lower(text::percent_decoded(one.substr(0, equals)))].push_back(text::percent_decoded(value));
  }
  for (auto& [name, values] : out) std::ranges::sort(values);
  return out;
}

std::string canonicalized_headers(const http::Headers& headers) {
  std::map<std::string, std::string> ours;
  for (const auto& [name, value] : headers.fields()) {
    std::string key = lower(name);
    if (key.starts_with("x-ms-")) ours[std::move(key)] = std::string(trim(value));
  }
  std::string out;
  for (const auto& [name, value] : ours) out += name + ":" + value + "\n";
  return out;
}

Error malformed_key() {
  return make_error(ErrorClass::kAuth, "AZURE_KEY_MALFORMED", "The key of the storage account is no base64",
                    "Copy the key as the portal shows it under Access keys, not the connection string.");
}

// The bytes of a key, wiped when they are let go.
class KeyBytes {
 public:
  explicit KeyBytes(std::string_view base64) {
    base64 = trim(base64);
    if (base64.empty() || base64.size() % 4 != 0 || base64.size() > sizeof bytes_) return;
    const int decoded = EVP_DecodeBlock(bytes_, reinterpret_cast<const unsigned char*>(base64.data()),
                                        static_cast<int>(base64.size()));
    if (decoded < 0) return;
    size_ = static_cast<size_t>(decoded);
    // EVP_DecodeBlock counts the padding.
    for (size_t i = 0; i < 2 && base64.ends_with('='); ++i) {
      base64.remove_suffix(1);
      --size_;
    }
  }
  KeyBytes(const KeyBytes&) = delete;
  KeyBytes& operator=(const KeyBytes&) = delete;
  ~KeyBytes() { OPENSSL_cleanse(bytes_, sizeof bytes_); }
  const unsigned char* data() const { return bytes_; }
  size_t size() const { return size_; } // 0: no base64

 private:
  unsigned char bytes_[1024];
  size_t size_ = 0;
};

struct FreeMac {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using Mac = std::unique_ptr<EVP_MAC_CTX, FreeMac>;

// To be copied, without a key. Looking the algorithms up takes as long as signing.
Mac hmac_sha256() {
  static const Mac without_key = [] {
    EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr);
    Mac mac(algorithm == nullptr ? nullptr : EVP_MAC_CTX_new(algorithm));
    EVP_MAC_free(algorithm); // which the context holds
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
    if (mac != nullptr && EVP_MAC_CTX_set_params(mac.get(), parameters) != 1) mac.reset();
    return mac;
  }();
  return Mac(without_key == nullptr ? nullptr : EVP_MAC_CTX_dup(without_key.get()));
}

void set_date_and_version(http::Request& request, SystemTime now) {
  request.headers.set("x-ms-date", http_date(now));
  request.headers.set("x-ms-version", std::string(kServiceVersion));
}

} // namespace

std::string http_date(SystemTime time) {
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  char out[64];
  std::snprintf(out, sizeof out, "%s, %02u %s %04d %02d:%02d:%02d GMT",
                kDays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return out;
}

std::string canonicalized_resource(std::string_view account, std::string_view url) {
  const UrlPieces of = pieces(url);
  std::string out = "/";
  out.append(account).append(of.path);
  for (const auto& [name, values] : parameters(of.query)) {
    out.append("\n").append(name).append(":");
    for (size_t i = 0; i < values.size(); ++i) out.append(i > 0 ? "," : "").append(values[i]);
  }
  return out;
}

std::string string_to_sign(const http::Request& request, std::string_view account) {
  const http::Headers& headers = request.headers;
  std::string out = request.method + "\n";
  const auto line = [&out](std::string_view value) { out.append(trim(value)).append("\n"); };
  line(headers.get("Content-Encoding"));
  line(headers.get("Content-Language"));
  line(request.body.empty() ? "" : std::to_string(request.body.size()));
  line(headers.get("Content-MD5"));
  line(headers.get("Content-Type"));
  line(headers.has("x-ms-date") ? "" : headers.get("Date"));
  line(headers.get("If-Modified-Since"));
  line(headers.get("If-Match"));
  line(headers.get("If-None-Match"));
  line(headers.get("If-Unmodified-Since"));
  line(headers.get("Range"));
  out += canonicalized_headers(headers);
  out += canonicalized_resource(account, request.url);
  return out;
}

Result<std::string> signature(std::string_view text, std::string_view key_base64) {
  const KeyBytes key(key_base64);
  if (key.size() == 0) return malformed_key();
  unsigned char digest[EVP_MAX_MD_SIZE];
  size_t digest_size = 0;
  const Mac mac = hmac_sha256();
  if (mac == nullptr || EVP_MAC_init(mac.get(), key.data(), key.size(), nullptr) != 1 ||
      EVP_MAC_update(mac.get(), reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1 ||
      EVP_MAC_final(mac.get(), digest, &digest_size, sizeof digest) != 1) {
    return make_error(ErrorClass::kInternal, "SIGNING_FAILED", "OpenSSL made no HMAC-SHA256",
                      "Check the installation of OpenSSL.");
  }
  unsigned char out[4 * ((EVP_MAX_MD_SIZE + 2) / 3) + 1];
  const int size = EVP_EncodeBlock(out, digest, static_cast<int>(digest_size));
  return std::string(reinterpret_cast<const char*>(out), static_cast<size_t>(size));
}

Result<void> sign(http::Request& request, std::string_view account, std::string_view key_base64,
                  SystemTime now) {
  set_date_and_version(request, now);
  auto signed_with = signature(string_to_sign(request, account), key_base64);
  if (!signed_with) return std::move(signed_with).error();
  request.headers.set("Authorization", "SharedKey " + std::string(account) + ":" + *signed_with);
  return {};
}

Result<void> append_sas(http::Request& request, std::string_view sas, SystemTime now) {
  sas = trim(sas);
  if (sas.starts_with('?') || sas.starts_with('&')) sas.remove_prefix(1);
  const auto has = [sas](std::string_view name) {
    return sas.starts_with(name) || sas.find("&" + std::string(name)) != std::string_view::npos;
  };
  const bool clean = sas.find_first_of("# \t\r\n?") == std::string_view::npos;
  if (!clean || !has("sig=") || !has("sv=")) {
    return make_error(ErrorClass::kAuth, "AZURE_SAS_MALFORMED",
                      "The shared access signature is not a query with sv and sig",
                      "Copy the SAS token as the portal shows it (sv=...&sig=...), without the address.");
  }
  set_date_and_version(request, now);
  request.url += request.url.find('?') == std::string::npos ? '?' : '&';
  request.url += sas;
  return {};
}

} // namespace circuit::feeds::azure_blob
