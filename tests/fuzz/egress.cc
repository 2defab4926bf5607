// An even first byte: the rest is a URL that somebody gives. An odd one: the rest is an address, to be
// written in one notation after the other.

#include "ingest/http/egress.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <vector>

#include "tests/fuzz/address_oracle.h"
#include "tests/fuzz/curl_view.h"
#include "tests/fuzz/target.h"
#include "tests/ingest/sync/run_on.h"

namespace circuit::fuzz {
namespace {

class Reached final : public http::HttpTransport {
 public:
  Task<Result<http::Response>> send(http::SharedRequest request) override {
    url = request->url;
    reached = true;
    co_return http::Response{};
  }
  std::string url;
  bool reached = false;
};

// Whether the layer lets the request pass.
bool is_allowed(const std::string& url, http::AddressPolicy policy, http::HostList hosts = nullptr) {
  Reached transport;
  http::EgressLayer layer(transport);
  http::Request request;
  request.url = url;
  request.address_policy = policy;
  request.allowed_hosts = std::move(hosts);
  VirtualLoop loop;
  const auto answer = sync::testing::run_on(loop, layer.send(std::move(request)));
  require(answer.ok() == transport.reached, "a request either passes or is refused", url);
  if (!answer) require_clear(answer.error());
  require(!transport.reached || transport.url == url, "what was judged is what is sent", url);
  return transport.reached;
}

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

void check_url(const std::string& url) {
  const auto seen = curl_view(url);
  if (is_allowed(url, http::AddressPolicy::kPublicOnly)) {
    require(seen.has_value(), "only what libcurl can request passes", url);
    require(seen->scheme == "http" || seen->scheme == "https", "only web addresses pass", url);
    std::string host = lower(seen->host);
    if (host.ends_with('.')) host.pop_back();
    require(host != "localhost" && !host.ends_with(".localhost"), "this machine's name does not pass", url);
    const auto address = numeric_address(host);
    require(!address || !is_forbidden(*address), "no address that is not public passes", url + "\n" + host);
  }
  if (is_allowed(url, http::AddressPolicy::kAnyAddress,
                 http::host_list({"api.example", "*.below.example"}))) {
    require(seen.has_value(), "only what libcurl can request passes", url);
    std::string host = lower(seen->host);
    if (host.ends_with('.')) host.pop_back();
    require(host == "api.example" || host.ends_with(".below.example"), "only listed hosts pass", url);
  }
}

std::string number(uint32_t value, int base) {
  char digits[32];
  std::snprintf(digits, sizeof digits, base == 8 ? "0%o" : base == 16 ? "0x%x" : "%u", value);
  return digits;
}

std::string percent_encoded(const std::string& text) {
  std::string out;
  for (const char c : text) {
    char escaped[4];
    std::snprintf(escaped, sizeof escaped, "%%%02X", static_cast<unsigned char>(c));
    out += escaped;
  }
  return out;
}

std::vector<std::string> notations4(uint32_t ip) {
  const uint32_t a = ip >> 24, b = ip >> 16 & 255, c = ip >> 8 & 255, d = ip & 255;
  std::vector<std::string> out;
  for (const int base : {10, 8, 16}) {
    const auto n = [base](uint32_t value) { return number(value, base); };
    out.push_back(n(a) + "." + n(b) + "." + n(c) + "." + n(d));
    out.push_back(n(a) + "." + n(b) + "." + n(ip & 0xFFFF));
    out.push_back(n(a) + "." + n(ip & 0xFFFFFF));
    out.push_back(n(ip));
  }
  const std::string dotted = out.front();
  out.push_back(dotted + ".");
  out.push_back(percent_encoded(dotted));
  out.push_back(number(a, 16) + "." + number(b, 8) + "." + number(ip & 0xFFFF, 10));
  out.push_back("[::ffff:" + dotted + "]");
  out.push_back("[64:ff9b::" + dotted + "]");
  return out;
}

std::vector<std::string> notations6(const Address6& address) {
  char text[INET6_ADDRSTRLEN];
  inet_ntop(AF_INET6, address.data(), text, sizeof text);
  std::string upper(text);
  for (char& c : upper) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c;
  std::string full;
  for (size_t i = 0; i < 16; i += 2) {
    char group[8];
    std::snprintf(group, sizeof group, "%s%02x%02x", i == 0 ? "" : ":", address[i], address[i + 1]);
    full += group;
  }
  return {"[" + std::string(text) + "]", "[" + upper + "]", "[" + full + "]",
          "[" + std::string(text) + "%25eth0]"};
}

void check_address(std::string_view bytes) {
  Address6 address{};
  std::vector<std::string> hosts;
  if (bytes.size() < 16) {
    uint32_t ip = 0;
    for (const char c : bytes.substr(0, 4)) ip = ip << 8 | static_cast<unsigned char>(c);
    address = *numeric_address("::ffff:0.0.0.0");
    for (size_t i = 0; i < 4; ++i) address[12 + i] = static_cast<uint8_t>(ip >> (24 - 8 * i));
    hosts = notations4(ip);
  } else {
    std::copy_n(bytes.begin(), 16, address.begin());
    hosts = notations6(address);
  }
  sockaddr_in6 socket{};
  socket.sin6_family = AF_INET6;
  std::copy(address.begin(), address.end(), socket.sin6_addr.s6_addr);
  const auto kind = http::classify_address(reinterpret_cast<const sockaddr&>(socket));
  require(!is_forbidden(address) || kind != http::AddressKind::kPublic, "no forbidden address is public",
          hosts.front());
  for (const std::string& host : hosts) {
    const std::string url = "http://" + host + ":8080/x";
    const bool allowed = is_allowed(url, http::AddressPolicy::kPublicOnly);
    require(!allowed || kind == http::AddressKind::kPublic, "an address is judged alike in every notation",
            url);
  }
  require(is_allowed("http://" + hosts.front() + "/", http::AddressPolicy::kPublicOnly) ==
              (kind == http::AddressKind::kPublic),
          "a public address passes", hosts.front());
}

} // namespace

void check_input(std::string_view input) {
  Input in(input);
  if (in.byte() % 2 == 1) return check_address(in.rest());
  const std::string url(in.rest());
  if (url.find('\0') == std::string::npos) check_url(url); // libcurl's end of a text
}

} // namespace circuit::fuzz
