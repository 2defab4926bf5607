#pragma once
// Requests and responses, as values. Header names compare without case. Any thread.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/runtime/clock.h"
#include "ingest/runtime/result.h"
#include "ingest/runtime/task.h"

namespace circuit::http {

// Whether two header names are the same, whatever their case.
bool same_header(std::string_view a, std::string_view b);

class BodyClaim; // body_credit.h

class Headers {
 public:
  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  void set(std::string_view name, std::string value); // replaces all of that name
  void remove(std::string_view name);
  // The first of that name, or empty.
  std::string_view get(std::string_view name) const;
  bool has(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }
  void clear() { fields_.clear(); }
  void reserve(size_t count) { fields_.reserve(count); }
  // Continues the last value, for folded lines.
  void append_to_last(std::string_view more);

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// To which addresses a request may go. Checked on the one that is actually connected, on every hop
// (egress.h).
enum class AddressPolicy {
  kPublicOnly, // where users choose the host
  kAnyAddress, // where the catalog or the operator names the host, or private addresses are allowed
};

// Exact names, or "*.example.com". Shared, for many requests have the same.
using HostList = std::shared_ptr<const std::vector<std::string>>;
inline HostList host_list(std::vector<std::string> hosts) {
  return std::make_shared<const std::vector<std::string>>(std::move(hosts));
}

struct Response;

// How long an answer asks to be left alone, in a provider's own words (GitHub: 403 with x-ratelimit-reset);
// nullopt: it does not. Pure. Asked of every answer of 400 and above; Retry-After is heard in any case.
using Patience = std::optional<Duration> (*)(const Response& response, SystemTime now);

struct Request {
  std::string method = "GET";
  std::string url;
  Headers headers;
  std::string body;

  // Counted after decompression; a larger body fails with BODY_TOO_LARGE.
  uint64_t max_body_bytes = 64ull << 20;
  Duration connect_timeout = std::chrono::seconds(10);
  // The whole exchange, or its part up to the body where that is streamed.
  Duration total_timeout = std::chrono::seconds(60);
  // Fewer than one byte in this long is a dead connection, however long the body.
  Duration idle_timeout = std::chrono::seconds(30);

  AddressPolicy address_policy = AddressPolicy::kPublicOnly;
  HostList allowed_hosts; // no others; null: any
  // Followed by the redirect layer, each hop a request of its own below it; 0 returns 3xx as they are.
  int max_redirects = 0;
  // Where If-None-Match and If-Modified-Since came from: Response::url of the response that brought the
  // validators. They are sent to that URL alone, which may be the end of a redirect. Empty: they belong to
  // `url`.
  std::string validators_url;
  // Whether sending it twice does no harm: GET and HEAD always, others when the provider says so.
  bool idempotent = true;
  // Response::body stays empty and Response::stream is set, for statuses below 400. Retries are then the
  // caller's (by range).
  bool stream_body = false;
  // The body as it is sent, with the Content-Encoding that it has; otherwise that is taken off.
  bool keeps_encoding = false;
  Patience patience = nullptr;
  // What throttling counts by, besides the host: the connection (account) that pays for the request.
  std::string throttle_key;
  // "connections/{id}": whose credential is attached (auth.h), by whoever runs the feed and not by the feed.
  // Cleared on a redirect to another origin. Empty: none.
  std::string connection;
  // What pays for the memory of the body, as it arrives. Null: it is not counted. Not for a streamed one,
  // which its window bounds.
  std::shared_ptr<BodyClaim> claim;
  // Set by the retry layer: a 401 led to a newer credential already, so that another one is the answer.
  bool reauthorized = false;
};

// A body that is read as it arrives: what is not read is not fetched (the socket is paused).
class BodyStream {
 public:
  virtual ~BodyStream() = default; // gives up the rest
  // The next piece, at most some hundred KiB; empty at the end. Errors as for send(), and again at every
  // further call. One call at a time; a cancelled one loses nothing.
  virtual Task<Result<std::string>> read() = 0;
};

struct Hop {
  int status;      // 301, 302, 303, 307, 308
  std::string url; // where it led
};

struct Response {
  int status = 0;
  Headers headers; // of the final response
  std::string body;
  std::unique_ptr<BodyStream> stream;
  std::vector<Hop> hops;   // the redirects that were followed
  std::string url;         // the one that answered
  uint64_t wire_bytes = 0; // before decompression
  int attempts = 1;        // 1 + retries
  // What pays for the body beside it, for whoever keeps the body, or what is made of it, while others are
  // fetched: keep this as long, and then release() it. Left here, it counts until the sync's next request
  // that has no other beside it.
  std::shared_ptr<BodyClaim> claim;
  // The auth layer's word to the retry layer, which has kept the request: its credential was refused (401)
  // and a newer one is there.
  bool credential_renewed = false;
};

} // namespace circuit::http
