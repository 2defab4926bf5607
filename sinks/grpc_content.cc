#include "sinks/grpc_content.h"

#include <utility>

#include "ingest/runtime/digest.h"

namespace circuit::sinks {

namespace v1 = circuit::feeds::v1;

namespace {

constexpr size_t kPieceBytes = 256 << 10; // sink.proto: ContentChunk

// Ends the content in the stream, however its coroutine ends.
class ContentOnItsWay {
 public:
  ContentOnItsWay(std::shared_ptr<GrpcStream> stream, std::string feed)
      : stream_(std::move(stream)), number_(stream_->begin_content(std::move(feed))) {}
  ContentOnItsWay(const ContentOnItsWay&) = delete;
  ContentOnItsWay& operator=(const ContentOnItsWay&) = delete;
  ~ContentOnItsWay() { stream_->end_content(number_); }

  Task<Result<void>> send(ContentPiece piece) {
    auto outcome = std::make_shared<Completion<Result<void>>>();
    stream_->give_content(number_, std::move(piece), outcome);
    return Completion<Result<void>>::wait(std::move(outcome));
  }

 private:
  const std::shared_ptr<GrpcStream> stream_;
  const ContentNumber number_;
};

} // namespace

Task<Result<v1::RawContent>> send_content(std::shared_ptr<GrpcStream> stream, std::string feed,
                                          sync::ContentSource& source) {
  {
    auto outcome = std::make_shared<Completion<Result<void>>>();
    stream->connect(outcome);
    auto waiting = Completion<Result<void>>::wait(std::move(outcome));
    auto connected = co_await std::move(waiting);
    if (!connected) co_return std::move(connected).error();
  }
  if (auto accepted = stream->accepts_content(); !accepted) co_return std::move(accepted).error();

  ContentOnItsWay content(std::move(stream), std::move(feed));
  Sha256 hash;
  int64_t size = 0;
  std::string gathered;
  for (;;) {
    auto piece = co_await source.read();
    if (!piece) co_return std::move(piece).error();
    if (piece->empty()) break;
    hash.add(*piece);
    size += static_cast<int64_t>(piece->size());
    gathered += *piece;
    // What is left is never empty, so that a content of up to one piece is one message.
    while (gathered.size() > kPieceBytes) {
      ContentPiece full{gathered.substr(0, kPieceBytes), {}};
      gathered.erase(0, kPieceBytes);
      auto sending = content.send(std::move(full));
      auto sent = co_await std::move(sending);
      if (!sent) co_return std::move(sent).error();
    }
  }
  v1::RawContent whole;
  whole.set_sha256(to_hex(hash.finish()));
  whole.set_size_bytes(size);
  ContentPiece last{std::move(gathered), whole};
  auto sending = content.send(std::move(last));
  auto durable = co_await std::move(sending);
  if (!durable) co_return std::move(durable).error();
  co_return whole;
}

} // namespace circuit::sinks
