#include "tests/acceptance/acceptance_world.h"

#include "ingest/http/stack.h"

namespace circuit::acceptance {

// Authorizes as the subject's provider wants it.
class AcceptanceWorld::TokenBearer final : public http::Authorizer {
 public:
  TokenBearer(const Subject& subject, Clock& clock) : subject_(subject), clock_(clock) {}
  Task<Result<int64_t>> authorize(http::Request& request) override {
    subject_.authorize(request, clock_.now());
    co_return int64_t{1};
  }
  Task<Result<bool>> refused(std::string /*connection*/, int64_t /*version*/) override { co_return false; }

 private:
  const Subject& subject_;
  Clock& clock_;
};

AcceptanceWorld::AcceptanceWorld(std::unique_ptr<Subject> subject, sync::EngineOptions options)
    : WorkerWorld(std::move(options)),
      subject_(std::move(subject)),
      bearer_(std::make_unique<TokenBearer>(*subject_, loop().clock())),
      faults_(11, providers::FaultRates::none()),
      faulty_(subject_->model(), faults_) {
  boot();
  const v1::Connection connection = subject_->connection();
  if (!connection.name().empty()) put_connection(connection);
}

AcceptanceWorld::~AcceptanceWorld() { shut_down(); }

std::unique_ptr<http::HttpTransport> AcceptanceWorld::make_http(Random& random) {
  auto wire = std::make_unique<providers::SimulatedTransport>(loop().clock(), 5, providers::LatencyRange{});
  wire->route(subject_->host(), faulty_);
  wire->observe([this](const providers::Exchange&) { ++requests_; });
  wire_ = wire.get();
  auto stack =
      std::make_unique<http::HttpStack>(std::move(wire), loop().clock(), random, http::StackOptions{});
  stack->auth().use(*bearer_);
  return stack;
}

v1::Feed AcceptanceWorld::feed() {
  v1::ListFeedsRequest list;
  const auto feeds = ask(engine().list_feeds(list));
  return feeds && feeds->feeds_size() == 1 ? feeds->feeds(0) : v1::Feed();
}

std::string AcceptanceWorld::difference() {
  std::string out;
  const auto wanted = subject_->must_hold();
  std::map<std::string, const v1::Document*> held;
  for (const auto& [id, document] : receiver().documents) held[id.second] = &document;
  for (const auto& [id, expected] : wanted) {
    const auto found = held.find(id);
    if (found == held.end()) {
      out += "missing " + id + "\n";
    } else if (found->second->text().find(expected.text_marker) == std::string::npos) {
      out += "not the current version of " + id + ": " + found->second->text().substr(0, 200) + "\n";
    }
  }
  for (const auto& [id, document] : held) {
    if (!subject_->may_hold(id)) out += "should be gone: " + id + "\n";
  }
  return out;
}

} // namespace circuit::acceptance
