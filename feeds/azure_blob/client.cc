#include "feeds/azure_blob/client.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "feeds/azure_blob/checksum.h"
#include "feeds/azure_blob/crc64.h"
#include "feeds/azure_blob/names.h"
#include "feeds/azure_blob/signer.h"
#include "ingest/text/percent.h"

namespace circuit::feeds::azure_blob {
namespace {

bool is_success(int status) { return status == 200 || status == 206; }

Error damaged(const std::string& what, const char* how) {
  return make_error(ErrorClass::kTransient, "AZURE_BAD_ANSWER", "The content of " + what + " " + how,
                    "Nothing to do: it is tried again.");
}

bool is_coding(std::string_view name) {
  constexpr auto kCodings = std::to_array<std::string_view>({"gzip", "x-gzip", "deflate", "br", "zstd"});
  return std::ranges::any_of(kCodings, [&](std::string_view coding) { return same_word(name, coding); });
}

} // namespace

bool is_compressed(const Blob& blob) {
  std::string_view rest = blob.content_encoding;
  if (rest.empty()) return false;
  for (;;) {
    const size_t comma = std::min(rest.find(','), rest.size());
    std::string_view one = rest.substr(0, comma);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (!is_coding(one)) return false;
    if (comma == rest.size()) return true;
    rest.remove_prefix(comma + 1);
  }
}

Task<Result<http::Response>> Client::get(sync::Api& api, http::Request request, std::string what) {
  if (second_key_) request.headers.set(kSecondKeyHeader, "1");
  http::Request attempt = request;
  auto response = co_await api.fetch(std::move(attempt));
  if (!response) co_return std::move(response).error();
  if (is_success(response->status)) co_return response;
  Error first = failure(*response, what, asked_at_);
  if (second_key_ || first.reason != "AZURE_KEY_REFUSED") co_return first;
  // Of an account's two keys one is made anew at a time.
  request.headers.set(kSecondKeyHeader, "1");
  response = co_await api.fetch(std::move(request));
  if (!response || !is_success(response->status)) co_return first;
  second_key_ = true;
  co_return response;
}

Task<Result<ContainersPage>> Client::containers(sync::Api& api, std::string marker, int page_size) {
  http::Request request;
  request.url = base_url_ + "/?comp=list&maxresults=" + std::to_string(page_size);
  if (!marker.empty()) request.url += "&marker=" + text::percent_encoded(marker);
  auto response = co_await get(api, std::move(request), "the list of containers");
  if (!response) co_return std::move(response).error();
  co_return read_containers(response->body);
}

Task<Result<BlobsPage>> Client::blobs(sync::Api& api, Listing listing) {
  http::Request request;
  request.url = base_url_ + "/" + listing.container +
                "?restype=container&comp=list&maxresults=" + std::to_string(listing.page_size);
  if (!listing.include.empty()) request.url += "&include=" + text::percent_encoded(listing.include);
  if (!listing.prefix.empty()) request.url += "&prefix=" + text::percent_encoded(listing.prefix);
  if (!listing.delimiter.empty()) request.url += "&delimiter=" + text::percent_encoded(listing.delimiter);
  if (!listing.marker.empty()) request.url += "&marker=" + text::percent_encoded(listing.marker);
  // "List operations are permitted 2 minutes per page."
  request.total_timeout = std::chrono::minutes(2);
  auto response =
      co_await get(api, std::move(request), "the list of blobs in container " + listing.container);
  if (!response) co_return std::move(response).error();
  co_return read_blobs(response->body);
}

std::string Client::address(std::string_view container, std::string_view blob) const {
  return base_url_ + "/" + std::string(container) + "/" + path_of(blob);
}

http::Request Client::request_for(std::string_view container, const Blob& blob) const {
  http::Request request;
  request.url = address(container, blob.name);
  if (!blob.snapshot.empty()) {
    request.url += "?snapshot=" + text::percent_encoded(blob.snapshot);
  } else if (!blob.current) {
    request.url += "?versionid=" + text::percent_encoded(blob.version_id);
  }
  request.headers.set("If-Match", "\"" + blob.etag + "\"");
  request.keeps_encoding = !is_compressed(blob);
  return request;
}

Task<Result<std::unique_ptr<http::BodyStream>>> Client::decoded(sync::Api& api, std::string container,
                                                                const Blob& blob) {
  http::Request request = request_for(container, blob);
  request.stream_body = true;
  request.max_body_bytes = std::numeric_limits<uint64_t>::max(); // it is passed on as it arrives
  auto response = co_await get(api, std::move(request), "blob " + container + "/" + blob.name);
  if (!response) co_return std::move(response).error();
  co_return std::move(response->stream);
}

Task<Result<std::string>> Client::content(sync::Api& api, std::string container, const Blob& blob,
                                          std::optional<ByteRange> range) {
  const std::string what = "blob " + container + "/" + blob.name;
  http::Request request = request_for(container, blob);
  if (range) {
    request.headers.set("x-ms-range", "bytes=" + std::to_string(range->offset) + "-" +
                                          std::to_string(range->offset + range->size - 1));
    request.headers.set("x-ms-range-get-content-md5", "true");
  }
  const uint64_t size = range ? range->size : blob.size;
  auto response = co_await get(api, std::move(request), what);
  if (!response) co_return std::move(response).error();
  if (range && response->status != 206 && response->body.size() != size)
    co_return damaged(what, "came whole");
  // The checksum and the length are of what is stored.
  if (is_compressed(blob)) co_return std::move(response->body);
  if (response->body.size() != size) co_return damaged(what, "is not as long as it was listed");
  // Of a whole blob it is what its writer has set, which the service does not check.
  const std::string_view md5 = response->headers.get("Content-MD5");
  if (range && !md5.empty() && md5 != md5_base64(response->body)) co_return damaged(what, "came damaged");
  const std::string_view crc64 = response->headers.get("x-ms-content-crc64");
  if (range && !crc64.empty() && crc64 != crc64_base64(response->body))
    co_return damaged(what, "came damaged");
  co_return std::move(response->body);
}

} // namespace circuit::feeds::azure_blob
