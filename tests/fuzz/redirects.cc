// Two bytes choose the request and the status; then the address in one line, and where it is told to go.

#include <array>

#include "ingest/http/redirect_rules.h"
#include "tests/fuzz/curl_view.h"
#include "tests/fuzz/target.h"

namespace circuit::fuzz {
namespace {

constexpr std::array kStatuses = {301, 302, 303, 307, 308};
constexpr std::array kMethods = {"GET", "HEAD", "POST", "PUT", "DELETE"};
constexpr std::string_view kSecret = "hunter2hunter2";

http::Request request_of(unsigned choice, std::string url) {
  http::Request request;
  request.method = kMethods.at(choice % kMethods.size());
  request.url = std::move(url);
  request.headers.add("Accept", "*/*");
  request.headers.add("If-None-Match", "\"etag\"");
  if ((choice & 0x10) != 0) request.headers.add("Authorization", "Bearer " + std::string(kSecret));
  if ((choice & 0x20) != 0) request.headers.add("Cookie", "session=" + std::string(kSecret));
  if ((choice & 0x40) != 0) request.headers.add("X-Odd-Provider", std::string(kSecret));
  if ((choice & 0x80) != 0) request.body = kSecret;
  return request;
}

bool carries_secret(const http::Request& request) {
  for (const auto& [name, value] : request.headers.fields()) {
    if (value.find(kSecret) != std::string::npos) return true;
  }
  return request.body.find(kSecret) != std::string::npos;
}

} // namespace

void check_input(std::string_view input) {
  Input in(input);
  const unsigned choice = in.byte();
  const int status = kStatuses.at(in.byte() % kStatuses.size());
  const std::string url(in.line());
  const std::string location(in.rest());
  if (input.find('\0') != std::string_view::npos) return; // libcurl's end of a text
  const http::Request request = request_of(choice, url);
  const auto next = http::redirected(request, status, location);
  const std::string evidence = url + " -> " + location + (next ? " = " + next->url : "");
  if (!next) return require_clear(next.error());

  const auto from = curl_view(url), to = curl_view(next->url);
  require(from && to, "only what libcurl can request is followed", evidence);
  require(to->scheme == "http" || to->scheme == "https", "only web addresses are followed", evidence);
  const bool same_origin = curl_origin(*from) == curl_origin(*to);
  require(same_origin || !carries_secret(*next), "no other origin hears a secret", evidence);
  const bool downgraded = from->scheme == "https" && to->scheme == "http";
  require(!downgraded || !carries_secret(request), "nothing confidential goes unencrypted", evidence);
  require(!downgraded || from->user.empty() || to->user.empty(), "no password goes unencrypted", evidence);
  require(next->body.empty() || next->method == request.method, "a body goes with its method", evidence);
  const bool kept = next->method == request.method || next->method == "GET";
  require(kept, "a method stays or becomes GET", evidence);
  require(status == 303 || status < 303 || next->method == request.method, "307 and 308 keep the method",
          evidence);

  http::Request validated = *next;
  http::drop_foreign_validators(validated, url);
  const bool same_document = next->url.substr(0, next->url.find('#')) == url.substr(0, url.find('#'));
  require(same_document || !validated.headers.has("If-None-Match"), "validators stay with their document",
          evidence);
}

} // namespace circuit::fuzz
