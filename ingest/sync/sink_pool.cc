#include "ingest/sync/sink_pool.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "ingest/state/records.h"

namespace circuit::sync {
namespace {

// Sinks kept open without a session: a gRPC stream is worth keeping, a thousand files are not.
constexpr size_t kIdleSinks = 32;

} // namespace

struct SinkPool::Entry {
  std::string uri;
  std::unique_ptr<Sink> sink; // null until recovered
  Credit opening{1};
  size_t sessions = 0;
  uint64_t last_use = 0;
};

// Counts itself in and out.
class SinkPool::Use {
 public:
  explicit Use(Entry& entry) : entry_(entry) { ++entry_.sessions; }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  ~Use() { --entry_.sessions; }

 private:
  Entry& entry_;
};

class SinkPool::PooledSession final : public SinkSession {
 public:
  PooledSession(std::shared_ptr<Entry> entry, std::unique_ptr<SinkSession> session)
      : entry_(std::move(entry)), session_(std::move(session)) {
    ++entry_->sessions;
  }
  ~PooledSession() override {
    session_.reset();
    --entry_->sessions;
  }
  bool takes_back() const override { return session_->takes_back(); }
  Task<Result<DeliverAck>> deliver(std::shared_ptr<const DeliverBatch> batch) override {
    return session_->deliver(std::move(batch));
  }
  Task<Result<circuit::feeds::v1::RawContent>> deliver_content(ContentSource& source) override {
    return session_->deliver_content(source);
  }
  Task<Result<std::string>> prepare() override { return session_->prepare(); }
  Task<void> committed() override { return session_->committed(); }

 private:
  std::shared_ptr<Entry> entry_;
  std::unique_ptr<SinkSession> session_;
};

SinkPool::SinkPool(state::StateStore& store, Make make) : store_(store), make_(std::move(make)) {}
SinkPool::~SinkPool() = default;

Result<void> SinkPool::check(const std::string& uri) {
  const auto open = entries_.find(uri);
  if (open != entries_.end() && open->second->sink) return {};
  auto made = make(uri);
  if (!made) return std::move(made).error();
  checked_ = std::move(*made);
  return {};
}

Result<std::unique_ptr<Sink>> SinkPool::make(const std::string& uri) {
  if (checked_ && checked_->uri() == uri) return std::move(checked_);
  return make_(uri);
}

Task<Result<std::unique_ptr<SinkSession>>> SinkPool::open(std::string uri, SessionRequest request) {
  auto& slot = entries_[uri];
  if (!slot) {
    slot = std::make_shared<Entry>();
    slot->uri = uri;
  }
  const std::shared_ptr<Entry> entry = slot;
  entry->last_use = ++uses_;
  // Keeps it from being closed while it is being opened. Whoever is cancelled in between leaves no trace.
  const Use use(*entry);
  {
    co_await entry->opening.acquire(1);
    const CreditHold turn(entry->opening, 1);
    Result<void> ready;
    if (!entry->sink) ready = co_await recover(entry);
    if (!ready) co_return std::move(ready).error();
  }
  auto session = co_await entry->sink->open(std::move(request));
  if (!session) co_return std::move(session).error();
  std::unique_ptr<SinkSession> pooled = std::make_unique<PooledSession>(entry, std::move(*session));
  co_await close_idle();
  co_return pooled;
}

Task<Result<void>> SinkPool::recover(std::shared_ptr<Entry> entry) {
  auto made = make(entry->uri);
  if (!made) co_return std::move(made).error();
  auto key = state::sink_key(entry->uri);
  auto record = co_await state::load_record<circuit::feeds::state::v1::SinkRecord>(store_, std::move(key));
  if (!record) co_return std::move(record).error();
  std::string position;
  if (*record) position = (*record)->position();
  auto recovered = co_await (*made)->recover(std::move(position));
  if (!recovered) co_return std::move(recovered).error();
  entry->sink = std::move(*made);
  co_return Result<void>();
}

Task<void> SinkPool::close_idle() {
  std::vector<std::shared_ptr<Entry>> idle;
  for (auto& [uri, entry] : entries_) {
    if (entry->sessions == 0 && entry->sink) idle.push_back(entry);
  }
  if (idle.size() <= kIdleSinks) co_return;
  std::sort(idle.begin(), idle.end(), [](const auto& a, const auto& b) { return a->last_use < b->last_use; });
  idle.resize(idle.size() - kIdleSinks);
  // Under its opening lock: whoever opens it again makes a new one after this one has let go.
  for (auto& entry : idle) {
    co_await entry->opening.acquire(1);
    const CreditHold turn(entry->opening, 1);
    if (entry->sessions != 0 || !entry->sink) continue;
    auto sink = std::move(entry->sink);
    co_await sink->close();
  }
}

Task<void> SinkPool::close() {
  for (auto& [uri, entry] : entries_) {
    if (!entry->sink) continue;
    auto sink = std::move(entry->sink);
    co_await sink->close();
  }
  entries_.clear();
  checked_.reset();
}

} // namespace circuit::sync
