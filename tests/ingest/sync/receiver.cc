#include "tests/ingest/sync/receiver.h"

#include <algorithm>
#include <utility>

#include "ingest/runtime/digest.h"

namespace circuit::sync::testing {
namespace {

class ReceiverSink final : public Sink {
 public:
  ReceiverSink(Receiver& receiver, Clock& clock, const bool& power)
      : receiver_(receiver), clock_(clock), power_(power) {}

  const std::string& uri() const override { return uri_; }
  Task<Result<void>> recover(std::string position) override {
    co_await clock_.sleep_for(receiver_.opening_takes);
    if (position == kAnew) receiver_.removed = false;
    if (receiver_.removed && !position.empty()) co_return removed();
    co_return Result<void>();
  }
  Task<std::optional<GoneStorage>> find_gone(std::string) override {
    if (!receiver_.removed) co_return std::nullopt;
    co_return GoneStorage{removed(), kAnew};
  }
  Task<Result<std::unique_ptr<SinkSession>>> open(SessionRequest) override {
    if (receiver_.removed) co_return removed();
    std::unique_ptr<SinkSession> session = std::make_unique<Session>(*this);
    co_return session;
  }
  Task<void> close() override { co_return; }

 private:
  class Session final : public SinkSession {
   public:
    explicit Session(ReceiverSink& sink) : sink_(sink) {}
    bool takes_back() const override { return sink_.receiver_.takes_back; }
    Task<Result<DeliverAck>> deliver(std::shared_ptr<const DeliverBatch> batch) override {
      if (!takes_back()) return sink_.deliver(std::move(batch));
      window_.push_back(std::move(batch));
      return accepted();
    }
    Task<Result<v1::RawContent>> deliver_content(ContentSource& source) override {
      if (!sink_.receiver_.takes_originals) return SinkSession::deliver_content(source);
      return sink_.take_original(source);
    }
    Task<Result<std::string>> prepare() override { co_return std::string("position"); }
    Task<void> committed() override {
      for (const auto& batch : std::exchange(window_, {})) sink_.apply(*batch);
      co_return;
    }

   private:
    static Task<Result<DeliverAck>> accepted() { co_return DeliverAck{}; }

    ReceiverSink& sink_;
    std::vector<std::shared_ptr<const DeliverBatch>> window_; // where it takes back
  };

  static constexpr const char* kAnew = "anew";
  static Error removed() {
    return make_error(ErrorClass::kCorrupt, "SINK_FILE_SHORTER", "It was removed", "Put it back.");
  }

  Task<Result<DeliverAck>> deliver(std::shared_ptr<const DeliverBatch> batch) {
    receiver_.outstanding_bytes += batch->bytes;
    receiver_.outstanding_peak = std::max(receiver_.outstanding_peak, receiver_.outstanding_bytes);
    co_await clock_.sleep_for(receiver_.takes);
    receiver_.outstanding_bytes -= batch->bytes;
    if (!power_) co_return make_error(ErrorClass::kTransient, "SINK_GONE", "The sink is gone", "");
    const bool fails = receiver_.fail_deliveries > 0;
    DeliverAck ack;
    if (!fails || receiver_.apply_before_failing) ack = apply(*batch);
    if (!fails) co_return ack;
    --receiver_.fail_deliveries;
    co_return make_error(ErrorClass::kTransient, "SINK_FAILED", "The sink failed", "Wait.");
  }

  Task<Result<v1::RawContent>> take_original(ContentSource& source) {
    std::string whole;
    for (;;) {
      auto piece = co_await source.read();
      if (!piece) co_return std::move(piece).error();
      co_await clock_.sleep_for(receiver_.takes);
      if (auto error = std::exchange(receiver_.original_error, {})) co_return std::move(*error);
      if (piece->empty()) break;
      whole += *piece;
    }
    v1::RawContent content;
    content.set_sha256(to_hex(sha256(whole)));
    content.set_size_bytes(static_cast<int64_t>(whole.size()));
    if (power_) receiver_.originals[content.sha256()] = std::move(whole);
    co_return content;
  }

  DeliverAck apply(const DeliverBatch& batch) {
    DeliverAck ack;
    for (size_t i = 0; i < batch.changes.size(); ++i) {
      const v1::Change change = to_change(batch.changes[i]);
      if (change.kind() == v1::Change::UPSERT && receiver_.refuses.contains(change.external_id())) {
        ack.rejections.push_back(
            {i, make_error(ErrorClass::kInvalid, "NOT_WANTED", "Refused", "Change it.")});
        continue;
      }
      receiver_.log.push_back(change);
      const Receiver::Id id{change.feed(), change.external_id()};
      if (change.kind() == v1::Change::UPSERT) receiver_.documents[id] = change.document();
      if (change.kind() == v1::Change::REMOVE) receiver_.documents.erase(id);
    }
    return ack;
  }

  Receiver& receiver_;
  Clock& clock_;
  const bool& power_;
  std::string uri_ = "test:";
};

} // namespace

std::map<std::string, std::string> Receiver::texts() const {
  std::map<std::string, std::string> out;
  for (const auto& [id, document] : documents) out[id.second] = document.text();
  return out;
}

std::unique_ptr<Sink> make_receiver_sink(Receiver& receiver, Clock& clock, const bool& power) {
  return std::make_unique<ReceiverSink>(receiver, clock, power);
}

} // namespace circuit::sync::testing
