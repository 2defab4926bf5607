#include "ingest/http/cassette.h"

#include "ingest/http/cassette_format.h"
#include "ingest/http/string_stream.h"
#include "ingest/text/url.h"

namespace circuit::http {
namespace {

bool may_carry_tokens(const Request& request) {
  return request.headers.get("Content-Type").starts_with("application/x-www-form-urlencoded");
}

// Response holds a stream, so it is not copied by itself.
Response copy_of(const Response& response) {
  Response copy;
  copy.status = response.status;
  copy.headers = response.headers;
  copy.body = response.body;
  copy.url = response.url;
  copy.wire_bytes = response.wire_bytes;
  return copy;
}

void serve_as_stream(Response& response) {
  response.stream = string_stream(std::exchange(response.body, {}));
}

} // namespace

Result<std::unique_ptr<CassetteRecorder>> CassetteRecorder::create(HttpTransport& next,
                                                                   const std::string& path) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  if (!out) {
    return make_error(ErrorClass::kExhausted, "CASSETTE_UNWRITABLE", "cannot write the cassette " + path,
                      "Check that its folder exists, is writable and has space.");
  }
  return std::unique_ptr<CassetteRecorder>(new CassetteRecorder(next, std::move(out)));
}

Task<Result<Response>> CassetteRecorder::send(SharedRequest shared) {
  const Request& asked = *shared;
  SharedRequest sent = shared;
  Result<Response> response = co_await next_.send(std::move(sent));
  if (!response || may_carry_tokens(asked)) co_return response;
  if (response->stream) {
    const std::unique_ptr<BodyStream> stream = std::move(response->stream);
    Result<std::string> body = co_await read_all(*stream, asked.max_body_bytes);
    if (!body) co_return std::move(body).error();
    response->body = std::move(*body);
  }
  out_ << write_exchange(asked, *response) << '\n' << std::flush;
  if (!out_) {
    co_return make_error(ErrorClass::kExhausted, "CASSETTE_UNWRITABLE", "cannot write to the cassette",
                         "Free space on its disk.");
  }
  if (asked.stream_body) serve_as_stream(*response);
  co_return response;
}

Result<std::unique_ptr<CassettePlayer>> CassettePlayer::open(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return make_error(ErrorClass::kNotFound, "CASSETTE_MISSING", "cannot read the cassette " + path,
                      "Check its path, or record it first.");
  }
  std::unique_ptr<CassettePlayer> player(new CassettePlayer);
  std::string line;
  for (size_t number = 1; std::getline(in, line); ++number) {
    if (line.empty()) continue;
    Result<Exchange> exchange = read_exchange(line);
    if (!exchange)
      return std::move(std::move(exchange).error()).while_doing(path + ", line " + std::to_string(number));
    player->responses_[exchange->key].push_back(std::move(exchange->response));
  }
  return player;
}

Task<Result<Response>> CassettePlayer::send(SharedRequest shared) {
  const Request& request = *shared;
  const auto found = responses_.find(cassette_key(request));
  if (found == responses_.end()) {
    co_return make_error(
        ErrorClass::kInvalid, "CASSETTE_MISS",
        "the cassette has no answer to " + request.method + " " + text::loggable_url(request.url),
        "Record it again with this request in it.");
  }
  std::deque<Response>& left = found->second;
  Response response = copy_of(left.front());
  if (left.size() > 1) left.pop_front();
  if (request.stream_body) serve_as_stream(response);
  co_return response;
}

} // namespace circuit::http
