// The body of a transfer: its coding is taken off, its limits are kept, and it stops where nobody reads or
// pays.

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include "ingest/http/body_credit.h"
#include "ingest/http/curl_errors.h"
#include "ingest/http/curl_transfer.h"

namespace circuit::http {
namespace {

// What a stream holds at most before the socket is paused (and one write of libcurl's, 16 KiB, more).
constexpr size_t kStreamWindow = 256 << 10;
constexpr size_t kDecodedAtOnce = 16 << 10;
constexpr int kFirstErrorStatus = 400;

} // namespace

size_t CurlTransfer::on_body(char* data, size_t size, size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  try {
    return transfer.take_body(std::string_view(data, size * count));
  } catch (const std::bad_alloc&) { // no exception may cross libcurl
    transfer.error_ = curl_error({.code = CURLE_OUT_OF_MEMORY, .url = transfer.request().url});
    return 0;
  }
}

size_t CurlTransfer::take_body(std::string_view data) {
  if (!knows_coding_ && !find_coding()) return 0;
  return decoder_ ? take_coded(data) : take_plain(data);
}

bool CurlTransfer::find_coding() {
  knows_coding_ = true;
  if (request().keeps_encoding) return true;
  auto decoder = make_content_decoder(response_.headers, request().url);
  if (!decoder) return give_up_decoding(std::move(decoder).error()) != 0;
  decoder_ = *std::move(decoder);
  return true;
}

size_t CurlTransfer::take_plain(std::string_view data) {
  if (request().stream_body && response_.body.size() >= kStreamWindow) return stop_for_reader();
  if (data.size() > request().max_body_bytes - received_) {
    error_ = body_too_large(request().url, request().max_body_bytes);
    return 0;
  }
  if (request().claim && !request().claim->cover_now(received_ + data.size()))
    return stop_for_credit(received_ + data.size());
  keep(data);
  return data.size();
}

// Where it stops in the middle, libcurl keeps the whole of `data` and hands it over again, with more behind
// it or without.
size_t CurlTransfer::take_coded(std::string_view data) {
  const size_t again = std::min(decoded_, data.size());
  std::string_view coded = data.substr(again);
  std::array<char, kDecodedAtOnce> block;
  for (;;) {
    std::span<char> room(block.data(), decoded_at_once());
    const size_t offered = room.size();
    const ContentDecoder::Outcome outcome = decoder_->decode(coded, room);
    if (!keep({block.data(), offered - room.size()})) return 0;
    switch (outcome) {
      case ContentDecoder::Outcome::kNeedsInput:
        decoded_ -= again;
        return data.size();
      case ContentDecoder::Outcome::kFault:
        return give_up_decoding(bad_encoding(request().url, decoder_->fault()));
      case ContentDecoder::Outcome::kNeedsRoom:
        break;
    }
    const bool is_read = !request().stream_body || response_.body.size() < kStreamWindow;
    const bool is_paid = !request().claim || received_ < request().claim->covered() ||
                         request().claim->cover_now(received_ + 1);
    if (is_read && is_paid) continue;
    decoded_ = std::max(decoded_, data.size() - coded.size());
    return is_read ? stop_for_credit(received_ + 1) : stop_for_reader();
  }
}

// No more than is paid for; one byte beyond the limit, for a body that is as long as that is told so from one
// that is longer.
size_t CurlTransfer::decoded_at_once() const {
  uint64_t most = kDecodedAtOnce;
  const uint64_t left = request().max_body_bytes - received_;
  if (left < most) most = left + 1;
  if (request().claim) {
    const uint64_t paid = request().claim->covered();
    most = paid > received_ ? std::min(most, paid - received_) : 0;
  }
  return static_cast<size_t>(most);
}

bool CurlTransfer::keep(std::string_view decoded) {
  active_at_ = machine_steady_now();
  if (decoded.empty()) return true;
  if (decoded.size() > request().max_body_bytes - received_) {
    error_ = body_too_large(request().url, request().max_body_bytes);
    return false;
  }
  received_ += decoded.size();
  response_.body.append(decoded);
  if (request().stream_body) notify();
  return true;
}

size_t CurlTransfer::stop_for_reader() {
  paused_ = true;
  return CURL_WRITEFUNC_PAUSE;
}

// Paused, unless others share its connection: libcurl would hold them up.
size_t CurlTransfer::stop_for_credit(uint64_t bytes) {
  long version = CURL_HTTP_VERSION_NONE;
  curl_easy_getinfo(handle_.get(), CURLINFO_HTTP_VERSION, &version);
  if (version > CURL_HTTP_VERSION_1_1) {
    error_ = body_credit_spent();
    return 0;
  }
  short_of_ = bytes;
  short_since_ = machine_steady_now();
  paused_ = true;
  notify();
  return CURL_WRITEFUNC_PAUSE;
}

// Of an answer that is an error the status counts, and what could be read of why: servers also say of plain
// pages that they are compressed, when they fail.
size_t CurlTransfer::give_up_decoding(Error error) {
  is_over_ = response_.status >= kFirstErrorStatus;
  if (!is_over_) error_ = std::move(error);
  return 0;
}

std::optional<Error> CurlTransfer::missing_end() const {
  if (!decoder_ || decoder_->is_whole() || response_.status >= kFirstErrorStatus) return std::nullopt;
  return coding_truncated(request().url);
}

} // namespace circuit::http
