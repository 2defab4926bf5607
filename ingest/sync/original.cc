// The original of a document, from the provider's response to the sink: read a piece at a time, as the sink
// takes them, so that its size does not matter.

#include <utility>

#include "ingest/sync/run.h"

namespace circuit::sync {

namespace v1 = circuit::feeds::v1;

namespace {

// An original of more than this takes its time; what was gathered before it leaves first, because it holds
// credit that other feeds wait for.
constexpr uint64_t kQuickBytes = 256 << 10;

// What concerns this one document, and lets the sync go on.
bool is_about_the_document(const Error& error) {
  return error.reason == "CONTENT_REFUSED" || error.reason == "CONTENT_UNSUPPORTED" ||
         error.reason == "CONTENT_INTERRUPTED";
}

} // namespace

class Run::OriginalBody final : public ContentSource {
 public:
  OriginalBody(Run& run, std::unique_ptr<http::BodyStream> body) : run_(run), body_(std::move(body)) {}

  Task<Result<std::string>> read() override {
    if (taken_ > kQuickBytes && !std::exchange(flushed_, true)) co_await run_.delivery_.flush();
    auto piece = co_await body_->read();
    if (!piece) {
      failed_ = true;
      co_return std::move(piece).error();
    }
    taken_ += piece->size();
    run_.status_->publish();
    co_return piece;
  }
  bool failed() const { return failed_; }

 private:
  Run& run_;
  const std::unique_ptr<http::BodyStream> body_;
  uint64_t taken_ = 0;
  bool flushed_ = false;
  bool failed_ = false;
};

Task<Result<v1::RawContent>> Run::deliver_content(std::unique_ptr<http::BodyStream> content) {
  OriginalBody source(*this, std::move(content));
  auto delivered = co_await delivery_.deliver_content(source);
  if (!delivered && !source.failed() && !is_about_the_document(delivered.error())) {
    throw Failure(std::move(delivered).error());
  }
  if (delivered) counts().set_bytes_delivered(static_cast<int64_t>(delivery_.bytes()));
  status_->publish();
  co_return delivered;
}

} // namespace circuit::sync
