// Connections and feeds together, in virtual time: the real engine, the real keeper of credentials, and a
// source that knows one token.

#include "ingest/accounts/accounts.h"

#include <gtest/gtest.h>

#include "tests/ingest/sync/engine_world.h"

namespace circuit::accounts {
namespace {

namespace v1 = circuit::feeds::v1;
using sync::testing::EngineWorld;

constexpr char kGoodToken[] = "marker-good-token";

credentials::Profile profile() {
  credentials::Profile profile;
  profile.provider = "scripted";
  profile.display_name = "Scripted";
  profile.base_url = "https://source.test";
  profile.hosts = {"source.test"};
  credentials::Method method;
  method.name = "token";
  credentials::Field token;
  token.name = "token";
  token.required = token.secret = true;
  method.fields = {token};
  method.application = credentials::Application::kBearer;
  profile.methods = {method};
  return profile;
}

// Answers who it is to whoever has the good token.
class Wire final : public http::HttpTransport {
 public:
  Task<Result<http::Response>> send(http::SharedRequest request) override {
    ++requests;
    const bool good = request->headers.get("Authorization") == std::string("Bearer ") + kGoodToken;
    http::Response response;
    response.status = good ? 200 : 401;
    response.body = good ? "ada" : "";
    response.url = request->url;
    co_return response;
  }
  int requests = 0;
};

class World {
 public:
  World() : auth_(wire_) {
    engine_world.source().needs_connection = true;
    std::vector<credentials::Secret> keys;
    keys.push_back(credentials::generate_key_line(random_));
    keyring_.emplace(*credentials::Keyring::of(std::move(keys)));
    start();
  }
  ~World() { stop(); }

  // As a stop and a start of the worker.
  void restart() {
    stop();
    engine_world.restart();
    start();
  }

  Result<v1::Connection> create(const std::string& token, bool no_check = false) {
    v1::CreateConnectionRequest request;
    request.mutable_connection()->set_name("connections/c");
    request.mutable_connection()->set_provider("scripted");
    (*request.mutable_secrets()->mutable_values())["token"] = token;
    request.set_no_check(no_check);
    return engine_world.ask(accounts->create(std::move(request)));
  }
  Result<v1::Connection> get() {
    v1::GetConnectionRequest request;
    request.set_name("connections/c");
    return engine_world.ask(accounts->get(std::move(request)));
  }
  Result<v1::DeleteConnectionResponse> remove(bool forget, bool retract) {
    v1::DeleteConnectionRequest request;
    request.set_name("connections/c");
    request.set_forget_feeds(forget);
    request.set_retract_documents(retract);
    return engine_world.ask(accounts->remove(std::move(request)));
  }
  v1::Feed feed() const {
    v1::Feed feed = engine_world.inline_feed("feeds/one");
    feed.set_connection("connections/c");
    return feed;
  }
  v1::Sync sync() { return engine_world.WorkerWorld::sync(feed()); }
  bool has_feed() {
    v1::GetFeedRequest request;
    request.set_name("feeds/one");
    return engine_world.ask(engine_world.engine().get_feed(std::move(request))).ok();
  }
  void fill(int count) {
    for (int i = 0; i < count; ++i) engine_world.source().put("item-" + std::to_string(1000 + i), "text");
  }

  EngineWorld engine_world;
  std::unique_ptr<Accounts> accounts;
  std::vector<Error> warnings;

 private:
  void start() {
    vault_ = std::make_unique<credentials::Vault>(engine_world.store(), *keyring_, random_);
    const auto warn = [this](const Error& error) { warnings.push_back(error); };
    credentials::ConnectionsSeams seams{
        engine_world.loop(), random_, engine_world.store(), wire_, *vault_, {}, {}, {}, warn};
    seams.profiles = {profile()};
    seams.application = [](const std::string&) { return nullptr; };
    connections_ =
        std::make_unique<credentials::Connections>(std::move(seams), credentials::ConnectionsOptions());
    auth_.use(*connections_);
    accounts = std::make_unique<Accounts>(AccountsSeams{
        engine_world.loop(), engine_world.engine(), *connections_, auth_, {&engine_world.provider()}, warn});
    EXPECT_TRUE(engine_world.ask(connections_->start()).ok());
    EXPECT_TRUE(engine_world.ask(accounts->start()).ok());
  }
  void stop() {
    sync::testing::run_on(engine_world.loop(), accounts->stop());
    sync::testing::run_on(engine_world.loop(), connections_->stop());
    accounts.reset();
    connections_.reset();
  }

  SeededRandom random_{5};
  std::optional<credentials::Keyring> keyring_;
  Wire wire_;
  http::AuthLayer auth_;
  std::unique_ptr<credentials::Vault> vault_;
  std::unique_ptr<credentials::Connections> connections_;
};

TEST(Accounts, AKeyIsCheckedWithTheProviderBeforeItIsKept) {
  World world;
  const auto created = world.create(kGoodToken);
  ASSERT_TRUE(created.ok()) << created.error().message;
  EXPECT_EQ(created->state(), v1::Connection::ACTIVE);
  EXPECT_EQ(created->account(), "ada");
  EXPECT_EQ(created->DebugString().find(kGoodToken), std::string::npos);
}

TEST(Accounts, AKeyThatDoesNotWorkIsNotKeptAndSaysWhy) {
  World world;
  const auto refused = world.create("marker-bad-token");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().cls, ErrorClass::kAuth);
  EXPECT_EQ(refused.error().to_string().find("marker"), std::string::npos);
  EXPECT_FALSE(refused.error().next_step.empty());
  EXPECT_EQ(world.get().error().reason, "CONNECTION_NOT_FOUND");
}

TEST(Accounts, WithoutACheckTheProviderIsNotAsked) {
  World world;
  ASSERT_TRUE(world.create("marker-bad-token", true).ok());
  v1::CheckConnectionRequest check;
  check.set_name("connections/c");
  const auto report = world.engine_world.ask(world.accounts->check(check));
  ASSERT_TRUE(report.ok());
  EXPECT_FALSE(report->works());
  EXPECT_FALSE(report->error().reason().empty());
}

TEST(Accounts, ReplacingABadKeyByABadOneDoesNotDeleteTheConnection) {
  World world;
  ASSERT_TRUE(world.create(kGoodToken).ok());
  world.engine_world.run_for(std::chrono::seconds(1));
  EXPECT_FALSE(world.create("marker-bad-token").ok());
  EXPECT_TRUE(world.get().ok());
}

TEST(Accounts, BrowsingAsksTheProviderThroughTheConnection) {
  World world;
  ASSERT_TRUE(world.create(kGoodToken).ok());
  v1::BrowseRequest browse;
  browse.set_connection("connections/c");
  browse.set_parent("top/");
  const auto page = world.engine_world.ask(world.accounts->browse(browse));
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->items(1).id(), "top/travel");
}

TEST(Accounts, DisconnectingLeavesFeedsThatSayWhatTheyLack) {
  World world;
  world.fill(5);
  ASSERT_TRUE(world.create(kGoodToken).ok());
  ASSERT_EQ(world.sync().state(), v1::Sync::SUCCEEDED);
  ASSERT_TRUE(world.remove(false, false).ok());
  EXPECT_EQ(world.get().error().reason, "CONNECTION_NOT_FOUND");
  ASSERT_TRUE(world.has_feed());
  EXPECT_EQ(world.engine_world.delivered().size(), 5u);
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.error().reason(), "CONNECTION_NOT_FOUND");
}

TEST(Accounts, DisconnectingStopsARunningSyncRetractsAndForgets) {
  World world;
  world.fill(30);
  ASSERT_TRUE(world.create(kGoodToken).ok());
  world.engine_world.source().page_takes = std::chrono::seconds(5);
  const auto running = world.engine_world.WorkerWorld::start(world.feed());
  ASSERT_TRUE(running.ok());
  world.engine_world.run_for(std::chrono::seconds(12));
  ASSERT_FALSE(world.engine_world.delivered().empty());
  const auto removed = world.remove(true, true);
  ASSERT_TRUE(removed.ok()) << removed.error().message;
  EXPECT_GT(removed->retracted_documents(), 0);
  EXPECT_TRUE(world.engine_world.delivered().empty());
  EXPECT_FALSE(world.has_feed());
  EXPECT_EQ(world.get().error().reason, "CONNECTION_NOT_FOUND");
}

TEST(Accounts, RetractingWithoutForgettingIsRefusedBeforeAnythingIsDone) {
  World world;
  ASSERT_TRUE(world.create(kGoodToken).ok());
  EXPECT_EQ(world.remove(false, true).error().reason, "RETRACT_WITHOUT_FORGET");
  EXPECT_EQ(world.get()->state(), v1::Connection::ACTIVE);
}

TEST(Accounts, ADeletionThatItsSinkHoldsUpGoesOnByItself) {
  World world;
  world.fill(5);
  ASSERT_TRUE(world.create(kGoodToken).ok());
  ASSERT_EQ(world.sync().state(), v1::Sync::SUCCEEDED);
  world.engine_world.receiver().fail_deliveries = 1;
  const auto held_up = world.remove(true, true);
  ASSERT_FALSE(held_up.ok());
  EXPECT_EQ(held_up.error().reason, "RETRACTION_FAILED");
  EXPECT_EQ(world.get()->state(), v1::Connection::DISCONNECTING);
  EXPECT_EQ(world.warnings.size(), 1u);
  world.engine_world.run_for(std::chrono::minutes(2));
  EXPECT_TRUE(world.engine_world.delivered().empty());
  EXPECT_EQ(world.get().error().reason, "CONNECTION_NOT_FOUND");
}

TEST(Accounts, ARestartGoesOnWithADeletionThatWasUnderWay) {
  World world;
  world.fill(5);
  ASSERT_TRUE(world.create(kGoodToken).ok());
  ASSERT_EQ(world.sync().state(), v1::Sync::SUCCEEDED);
  world.engine_world.receiver().fail_deliveries = 1;
  ASSERT_FALSE(world.remove(true, true).ok());
  world.restart();
  world.engine_world.run_for(std::chrono::seconds(5));
  EXPECT_TRUE(world.engine_world.delivered().empty());
  EXPECT_FALSE(world.has_feed());
  EXPECT_EQ(world.get().error().reason, "CONNECTION_NOT_FOUND");
}

} // namespace
} // namespace circuit::accounts
