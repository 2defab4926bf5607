#include "sinks/receiver_content.h"

#include "ingest/state/error_message.h"

namespace circuit::sinks {

namespace v1 = circuit::feeds::v1;

namespace {

Error mismatch(const std::string& what) {
  return make_error(ErrorClass::kCorrupt, "CONTENT_MISMATCH",
                    "an original arrived otherwise than it was sent: " + what,
                    "Report it: one of the two sides, or what is between them, changes bytes");
}

} // namespace

Result<std::unique_ptr<ReceiverContent>> ReceiverContent::open(const std::string& file,
                                                               ReceiverFaults faults) {
  std::unique_ptr<ReceiverContent> content(new ReceiverContent(file, faults));
  if (auto opened = content->store_.open(); !opened) return std::move(opened).error();
  return content;
}

void ReceiverContent::take(StreamNumber stream, v1::ContentChunk piece, Done done) {
  const Key key(stream, piece.content_id());
  thread_.post([this, key, piece = std::move(piece), done = std::move(done)] { take_now(key, piece, done); });
}

void ReceiverContent::drop(StreamNumber stream) {
  thread_.post([this, stream] {
    std::erase_if(writing_, [stream](const auto& of) { return of.first.first == stream; });
  });
}

void ReceiverContent::take_now(const Key& key, const v1::ContentChunk& piece, const Done& done) {
  if (piece.aborted()) {
    writing_.erase(key);
    return;
  }
  if (piece.offset() != 0 && !writing_.contains(key)) return; // refused before
  auto taken = write(key, piece);
  if (taken && piece.has_finished()) taken = finish(key, piece.finished());
  v1::DeliverResponse response;
  if (!taken || piece.has_finished()) {
    writing_.erase(key);
    response.mutable_content_ack()->set_content_id(key.second);
    if (!taken) *response.mutable_content_ack()->mutable_error() = state::to_message(taken.error());
  } else {
    response.mutable_content_progress()->set_content_id(key.second);
    response.mutable_content_progress()->set_offset(piece.offset() +
                                                    static_cast<int64_t>(piece.data().size()));
  }
  done(std::move(response));
}

Result<void> ReceiverContent::write(const Key& key, const v1::ContentChunk& piece) {
  auto& writer = writing_[key];
  if (!writer) {
    auto begun = store_.begin();
    if (!begun) return std::move(begun).error();
    writer = std::move(*begun);
  }
  if (static_cast<int64_t>(writer->size()) != piece.offset())
    return mismatch("a piece is missing, or came twice");
  if (faults_.refuse_content_beyond > 0 &&
      writer->size() + piece.data().size() > faults_.refuse_content_beyond) {
    return make_error(ErrorClass::kInvalid, "REJECTED_ON_REQUEST", "the receiver was told to refuse this one",
                      "Wait");
  }
  return writer->write(piece.data());
}

Result<void> ReceiverContent::finish(const Key& key, const v1::RawContent& expected) {
  ContentWriter& writer = *writing_.at(key);
  const v1::RawContent got = writer.close();
  if (got.size_bytes() != expected.size_bytes()) return mismatch("its size differs");
  if (got.sha256() != expected.sha256()) return mismatch("its SHA-256 differs");
  if (faults_.discard_content) return {};
  return writer.keep();
}

} // namespace circuit::sinks
