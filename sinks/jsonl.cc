#include "sinks/jsonl.h"

#include <boost/system/system_error.hpp>
#include <utility>

#include "sinks/completion.h"
#include "sinks/jsonl_writer.h"

namespace circuit::sinks {
namespace {

template <class T>
auto new_outcome() {
  return std::make_shared<Completion<Result<T>>>();
}

class JsonlSession final : public sync::SinkSession {
 public:
  explicit JsonlSession(std::shared_ptr<JsonlWriter> writer)
      : writer_(std::move(writer)), number_(writer_->new_session()) {}

  ~JsonlSession() override { writer_->end(number_); }

  bool takes_back() const override { return writer_->takes_back(); }

  Task<Result<sync::DeliverAck>> deliver(std::shared_ptr<const sync::DeliverBatch> batch) override {
    delivered_ = true;
    auto outcome = new_outcome<sync::DeliverAck>();
    writer_->write(number_, std::move(batch), outcome);
    auto written = Completion<Result<sync::DeliverAck>>::wait(std::move(outcome));
    try {
      co_return co_await std::move(written);
    } catch (const boost::system::system_error&) { // cancelled: nobody knows whether it was written
      interrupted_ = true;
      throw;
    }
  }

  Task<Result<circuit::feeds::v1::RawContent>> deliver_content(sync::ContentSource& source) override {
    auto content = writer_->content();
    return content ? JsonlContent::store(std::move(content), source) : SinkSession::deliver_content(source);
  }

  Task<Result<std::string>> prepare() override {
    if (interrupted_) {
      co_return make_error(
          ErrorClass::kCancelled, "DELIVERY_INTERRUPTED",
          "a delivery or a checkpoint was cancelled, so nothing after the last one can be committed",
          "Sync again: what was not committed is sent again");
    }
    if (!delivered_) co_return std::string(); // another session's position must not be overwritten
    delivered_ = false;
    sealed_ = true;
    auto outcome = new_outcome<std::string>();
    writer_->seal(number_, outcome);
    auto sealed = Completion<Result<std::string>>::wait(std::move(outcome));
    try {
      co_return co_await std::move(sealed);
    } catch (const boost::system::system_error&) { // it may be sealed by now, or wait for its turn
      interrupted_ = true;
      throw;
    }
  }

  Task<void> committed() override {
    if (std::exchange(sealed_, false)) writer_->commit(number_);
    co_return;
  }

 private:
  const std::shared_ptr<JsonlWriter> writer_;
  const JsonlWriter::Session number_;
  bool delivered_ = false;   // since the last prepare()
  bool sealed_ = false;      // and not committed
  bool interrupted_ = false; // what was delivered is not known
};

class JsonlSink final : public sync::Sink {
 public:
  JsonlSink(std::string uri, std::string path, JsonlOptions options)
      : uri_(std::move(uri)), writer_(std::make_shared<JsonlWriter>(std::move(path), options.rotate_bytes)) {}

  const std::string& uri() const override { return uri_; }

  Task<Result<void>> recover(std::string position) override {
    auto outcome = new_outcome<void>();
    writer_->recover(std::move(position), outcome);
    auto recovered = Completion<Result<void>>::wait(std::move(outcome));
    co_return co_await std::move(recovered);
  }

  Task<std::optional<sync::GoneStorage>> find_gone(std::string position) override {
    using Found = Completion<std::optional<sync::GoneStorage>>;
    auto outcome = std::make_shared<Found>();
    writer_->find_gone(std::move(position), outcome);
    auto found = Found::wait(std::move(outcome));
    co_return co_await std::move(found);
  }

  Task<Result<std::unique_ptr<sync::SinkSession>>> open(sync::SessionRequest) override {
    auto outcome = new_outcome<void>();
    writer_->expect_in_place(outcome);
    auto in_place = Completion<Result<void>>::wait(std::move(outcome));
    auto checked = co_await std::move(in_place);
    if (!checked) co_return std::move(checked).error();
    co_return std::unique_ptr<sync::SinkSession>(std::make_unique<JsonlSession>(writer_));
  }

  Task<void> close() override {
    auto outcome = new_outcome<void>();
    writer_->close(outcome);
    auto closed = Completion<Result<void>>::wait(std::move(outcome));
    const Result<void> result = co_await std::move(closed);
    static_cast<void>(result); // closing cannot fail: what counts was made durable by prepare()
  }

 private:
  const std::string uri_;
  const std::shared_ptr<JsonlWriter> writer_;
};

} // namespace

std::unique_ptr<sync::Sink> make_jsonl_sink(std::string uri, std::string path, JsonlOptions options) {
  return std::make_unique<JsonlSink>(std::move(uri), std::move(path), options);
}

} // namespace circuit::sinks
