#include "ingest/http/string_stream.h"

#include <algorithm>

namespace circuit::http {
namespace {

class StringStream final : public BodyStream {
 public:
  StringStream(std::string body, size_t piece_bytes) : body_(std::move(body)), piece_bytes_(piece_bytes) {}

  Task<Result<std::string>> read() override {
    std::string piece = body_.substr(read_, piece_bytes_);
    read_ += piece.size();
    co_return piece;
  }

 private:
  std::string body_;
  size_t piece_bytes_;
  size_t read_ = 0;
};

} // namespace

std::unique_ptr<BodyStream> string_stream(std::string body, size_t piece_bytes) {
  return std::make_unique<StringStream>(std::move(body), std::max<size_t>(piece_bytes, 1));
}

Task<Result<std::string>> read_all(BodyStream& stream, uint64_t max_bytes) {
  std::string whole;
  for (;;) {
    Result<std::string> piece = co_await stream.read();
    if (!piece) co_return std::move(piece).error();
    if (piece->empty()) co_return whole;
    if (whole.size() + piece->size() > max_bytes) {
      co_return make_error(ErrorClass::kInvalid, "BODY_TOO_LARGE",
                           "the body is larger than " + std::to_string(max_bytes) + " bytes",
                           "The limit is no setting: the source has to send less at a time.");
    }
    whole += *piece;
  }
}

} // namespace circuit::http
