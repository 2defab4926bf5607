#include "ingest/http/cassette_format.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "ingest/runtime/digest.h"
#include "ingest/text/url.h"

namespace circuit::http {
namespace {

namespace json = boost::json;

constexpr auto kRecordedRequestHeaders = std::to_array<std::string_view>(
    {"Accept", "Content-Type", "If-Modified-Since", "If-None-Match", "If-Range", "Range"});
constexpr auto kRecordedResponseHeaders = std::to_array<std::string_view>(
    {"Accept-Ranges", "Cache-Control", "Content-Disposition", "Content-Language", "Content-Length",
     "Content-Range", "Content-Type", "Date", "ETag", "Expires", "Last-Modified", "Link", "Retry-After",
     "Vary"});

std::string to_base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<size_t>(size));
  return text;
}

// nullopt where it is no base64.
std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes(3 * (text.size() / 4) + 3, '\0');
  const int size =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  const auto padding = static_cast<size_t>(
      std::count(text.end() - std::min<long>(2, static_cast<long>(text.size())), text.end(), '='));
  bytes.resize(static_cast<size_t>(size) - padding);
  return bytes;
}

bool is_utf8(std::string_view text) {
  // The serializer writes what it is given; what it wrote is read back only where it is valid.
  boost::system::error_code code;
  json::parse(json::serialize(json::string(text)), code);
  return !code;
}

// Headers and URLs are bytes, and JSON holds text alone.
json::value write_bytes(std::string_view bytes) {
  if (is_utf8(bytes)) return json::string(bytes);
  return json::object{{"base64", to_base64(bytes)}};
}

std::string read_bytes(const json::value& from) {
  if (from.is_string()) return std::string(from.get_string());
  auto bytes = from_base64(std::string_view(from.at("base64").as_string()));
  if (!bytes) throw std::invalid_argument("a value is not base64");
  return *std::move(bytes);
}

template <size_t N>
json::array write_headers(const Headers& headers, const std::array<std::string_view, N>& recorded) {
  json::array out;
  for (const auto& [name, value] : headers.fields()) {
    const bool wanted =
        std::any_of(recorded.begin(), recorded.end(),
                    [&name = name](std::string_view allowed) { return same_header(name, allowed); });
    if (!wanted) continue;
    const bool has_url = same_header(name, "Link");
    out.push_back(json::array({name, write_bytes(has_url ? text::loggable_url(value) : value)}));
  }
  return out;
}

std::string key_of(std::string_view method, std::string_view url, std::string_view body_sha256) {
  return std::string(method) + ' ' + std::string(url) + ' ' + std::string(body_sha256);
}

Response read_response(const json::object& from) {
  Response response;
  response.status = static_cast<int>(from.at("status").as_int64());
  response.url = read_bytes(from.at("url"));
  for (const json::value& field : from.at("headers").as_array()) {
    response.headers.add(std::string(field.at(0).as_string()), read_bytes(field.at(1)));
  }
  if (const json::value* text = from.if_contains("body")) {
    response.body = text->as_string();
  } else {
    auto bytes = from_base64(std::string_view(from.at("body_base64").as_string()));
    if (!bytes) throw std::invalid_argument("the body is not base64");
    response.body = std::move(*bytes);
  }
  response.wire_bytes = response.body.size();
  return response;
}

} // namespace

std::string cassette_key(const Request& request) {
  return key_of(request.method, text::loggable_url(request.url), to_hex(sha256(request.body)));
}

std::string write_exchange(const Request& request, const Response& response) {
  json::object asked;
  asked["method"] = write_bytes(request.method);
  asked["url"] = write_bytes(text::loggable_url(request.url));
  asked["headers"] = write_headers(request.headers, kRecordedRequestHeaders);
  asked["body_sha256"] = to_hex(sha256(request.body));
  json::object answered;
  answered["status"] = response.status;
  answered["url"] = write_bytes(text::loggable_url(response.url));
  answered["headers"] = write_headers(response.headers, kRecordedResponseHeaders);
  if (is_utf8(response.body)) {
    answered["body"] = response.body;
  } else {
    answered["body_base64"] = to_base64(response.body);
  }
  json::object exchange;
  exchange["request"] = std::move(asked);
  exchange["response"] = std::move(answered);
  return json::serialize(exchange);
}

Result<Exchange> read_exchange(std::string_view line) {
  try {
    const json::value exchange = json::parse(line);
    const json::object& asked = exchange.at("request").as_object();
    Exchange read;
    read.key = key_of(read_bytes(asked.at("method")), read_bytes(asked.at("url")),
                      std::string_view(asked.at("body_sha256").as_string()));
    read.response = read_response(exchange.at("response").as_object());
    return read;
  } catch (const std::exception& e) { // every way in which the JSON can differ from the format
    return make_error(ErrorClass::kCorrupt, "CASSETTE_UNREADABLE",
                      std::string("not an exchange: ") + e.what(), "Record the cassette again.");
  }
}

} // namespace circuit::http
