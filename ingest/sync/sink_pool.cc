#include "ingest/sync/sink_pool.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "ingest/state/records.h"
#include "ingest/sync/sink_claims.h"

namespace circuit::sync {

namespace st = circuit::feeds::state::v1;

namespace {

// Sinks kept open without a session: a gRPC stream is worth keeping, a thousand files are not.
constexpr size_t kIdleSinks = 32;

} // namespace

struct SinkPool::Entry {
  std::string uri;
  std::unique_ptr<Sink> sink; // null until recovered
  Credit opening{1};
  size_t users = 0;            // calls of SinkPool::open() that are under way
  size_t opening_sessions = 0; // those of them that the sink has been asked by
  size_t sessions = 0;
  bool misplaced = false; // what the sink has open is not its storage any more
  uint64_t last_use = 0;
};

// Counts itself in and out.
class SinkPool::Use {
 public:
  explicit Use(size_t& count) : count_(count) { ++count_; }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  ~Use() { --count_; }

 private:
  size_t& count_;
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

SinkPool::SinkPool(state::StateStore& store, Make make, std::string default_sink)
    : store_(store), make_(std::move(make)), default_sink_(std::move(default_sink)) {}
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
  const Use use(entry->users);
  auto ready = co_await make_ready(entry, request.feed);
  if (!ready) co_return std::move(ready).error();
  auto session = co_await open_session(entry, request);
  if (!session && session.error().cls == ErrorClass::kCorrupt) {
    entry->misplaced = true;
    ready = co_await make_ready(entry, request.feed);
    if (!ready) co_return std::move(ready).error();
    session = co_await open_session(entry, std::move(request));
  }
  if (!session) co_return std::move(session).error();
  std::unique_ptr<SinkSession> pooled = std::make_unique<PooledSession>(entry, std::move(*session));
  co_await close_idle();
  co_return pooled;
}

Task<Result<std::unique_ptr<SinkSession>>> SinkPool::open_session(std::shared_ptr<Entry> entry,
                                                                  SessionRequest request) {
  const Use asking(entry->opening_sessions);
  co_return co_await entry->sink->open(std::move(request));
}

// A misplaced sink is replaced once nobody has a session of it; theirs fail with what it says.
Task<Result<void>> SinkPool::make_ready(std::shared_ptr<Entry> entry, std::string feed) {
  co_await entry->opening.acquire(1);
  const CreditHold turn(entry->opening, 1);
  if (entry->sink && entry->misplaced && entry->sessions == 0 && entry->opening_sessions == 0) {
    auto misplaced = std::move(entry->sink);
    co_await misplaced->close();
  }
  if (entry->sink) co_return Result<void>();
  auto recovered = co_await recover(entry->uri, std::move(feed));
  if (!recovered) co_return std::move(recovered).error();
  entry->sink = std::move(*recovered);
  entry->misplaced = false;
  co_return Result<void>();
}

Task<Result<std::unique_ptr<Sink>>> SinkPool::recover(std::string uri, std::string feed) {
  auto made = make(uri);
  if (!made) co_return std::move(made).error();
  auto position = co_await committed_position(uri);
  if (!position) co_return std::move(position).error();
  auto recovered = co_await (*made)->recover(*position);
  if (!recovered && recovered.error().cls == ErrorClass::kCorrupt) {
    auto gone = co_await (*made)->find_gone(*position);
    if (gone) recovered = co_await begin_anew(**made, *std::move(gone), std::move(feed));
  }
  if (!recovered) co_return std::move(recovered).error();
  co_return std::move(*made);
}

Task<Result<void>> SinkPool::begin_anew(Sink& sink, GoneStorage gone, std::string feed) {
  auto claims = co_await claims_on_sink(store_, sink.uri(), default_sink_);
  if (!claims) co_return std::move(claims).error();
  if (!claims->none()) co_return storage_gone(std::move(gone.problem), *claims, feed);
  // Durable before anything is written: what a crash leaves behind the old position would pass for committed.
  st::SinkRecord record;
  record.set_position(gone.position);
  state::Batch batch;
  state::put_record(batch, state::sink_key(sink.uri()), std::move(record));
  auto written = co_await store_.commit(std::move(batch));
  if (!written) co_return std::move(written).error();
  co_return co_await sink.recover(std::move(gone.position));
}

Task<Result<std::string>> SinkPool::committed_position(std::string uri) {
  auto record = co_await state::load_record<st::SinkRecord>(store_, state::sink_key(uri));
  if (!record) co_return std::move(record).error();
  co_return *record ? (*record)->position() : std::string();
}

Task<Result<std::optional<Error>>> SinkPool::what_is_gone(std::string uri) {
  auto position = co_await committed_position(uri);
  if (!position) co_return std::move(position).error();
  if (position->empty()) co_return std::nullopt;
  auto made = make(uri);
  if (!made) co_return std::move(made).error();
  auto gone = co_await (*made)->find_gone(*std::move(position));
  checked_ = std::move(*made);
  if (!gone) co_return std::nullopt;
  co_return std::optional<Error>(std::move(gone->problem));
}

Task<void> SinkPool::close_idle() {
  std::vector<std::shared_ptr<Entry>> idle;
  for (auto& [uri, entry] : entries_) {
    if (entry->sessions == 0 && entry->users == 0 && entry->sink) idle.push_back(entry);
  }
  if (idle.size() <= kIdleSinks) co_return;
  std::sort(idle.begin(), idle.end(), [](const auto& a, const auto& b) { return a->last_use < b->last_use; });
  idle.resize(idle.size() - kIdleSinks);
  // Under its opening lock: whoever opens it again makes a new one after this one has let go.
  for (auto& entry : idle) {
    co_await entry->opening.acquire(1);
    const CreditHold turn(entry->opening, 1);
    if (entry->sessions != 0 || entry->users != 0 || !entry->sink) continue;
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
