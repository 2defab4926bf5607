// Unary calls, from a RemoteControl through a Server to a Control and back.

#include <gmock/gmock.h>
#include <boost/system/system_error.hpp>

#include <atomic>
#include <future>

#include "tests/ingest/api/worker_fixture.h"

namespace circuit::api {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Suspends until it is cancelled, and tells.
Answer<v1::Feed> suspend_until_cancelled(Loop* loop, std::promise<void>* began, std::promise<bool>* ended) {
  began->set_value();
  bool aborted = false;
  try {
    co_await loop->clock().sleep_for(std::chrono::hours(1));
  } catch (const boost::system::system_error& e) {
    aborted = e.code() == boost::asio::error::operation_aborted;
  }
  ended->set_value(aborted);
  if (aborted) throw boost::system::system_error(boost::asio::error::operation_aborted);
  co_return v1::Feed();
}

class Unary : public WorkerTest {
 protected:
  void hang_on_get_feed() {
    control_.on_get_feed = [this](v1::GetFeedRequest) {
      return suspend_until_cancelled(&thread_.loop(), &began_, &ended_);
    };
  }
  void expect_began() { ASSERT_EQ(began_.get_future().wait_for(seconds(10)), std::future_status::ready); }
  void expect_cancelled() {
    auto ended = ended_.get_future();
    ASSERT_EQ(ended.wait_for(seconds(10)), std::future_status::ready);
    EXPECT_TRUE(ended.get());
  }

  std::promise<void> began_;
  std::promise<bool> ended_;
};

TEST_F(Unary, EveryCallReachesItsOwnOperation) {
  control_.on_create_feed = [](v1::CreateFeedRequest r) { return ready<v1::Feed>(r.feed()); };
  control_.on_get_feed = [](v1::GetFeedRequest r) {
    v1::Feed feed;
    feed.set_name("got " + r.name());
    return ready<v1::Feed>(feed);
  };
  control_.on_list_feeds = [](v1::ListFeedsRequest r) {
    v1::ListFeedsResponse page;
    page.set_next_page_token("feeds after " + r.page_token());
    return ready<v1::ListFeedsResponse>(page);
  };
  control_.on_update_feed = [](v1::UpdateFeedRequest r) {
    v1::Feed feed = r.feed();
    feed.set_etag("updated " + r.update_mask().paths(0));
    return ready<v1::Feed>(feed);
  };
  std::string deleted;
  control_.on_delete_feed = [&deleted](v1::DeleteFeedRequest r) {
    deleted = r.name();
    return ready<google::protobuf::Empty>(google::protobuf::Empty());
  };
  control_.on_reset_feed = [](v1::ResetFeedRequest r) {
    v1::Feed feed;
    feed.set_name("reset " + r.name());
    return ready<v1::Feed>(feed);
  };
  control_.on_list_dead_letters = [](v1::ListDeadLettersRequest r) {
    v1::ListDeadLettersResponse page;
    page.add_dead_letters()->set_feed(r.feed());
    return ready<v1::ListDeadLettersResponse>(page);
  };
  const auto sync_named = [](const std::string& name) {
    v1::Sync sync;
    sync.set_name(name);
    return ready<v1::Sync>(sync);
  };
  control_.on_retry_dead_letters = [=](v1::RetryDeadLettersRequest r) {
    return sync_named("retried " + r.feed());
  };
  control_.on_start_sync = [=](v1::StartSyncRequest r) { return sync_named("started " + r.feed()); };
  control_.on_get_sync = [=](v1::GetSyncRequest r) { return sync_named("got " + r.name()); };
  control_.on_list_syncs = [](v1::ListSyncsRequest r) {
    v1::ListSyncsResponse page;
    page.set_next_page_token("syncs of " + r.feed());
    return ready<v1::ListSyncsResponse>(page);
  };
  control_.on_cancel_sync = [=](v1::CancelSyncRequest r) { return sync_named("cancelled " + r.name()); };
  control_.on_confirm_removals = [=](v1::ConfirmRemovalsRequest r) {
    return sync_named("confirmed " + r.token());
  };
  control_.on_get_provider = [](v1::GetProviderRequest r) {
    v1::Provider provider;
    provider.set_name(r.name());
    return ready<v1::Provider>(provider);
  };
  control_.on_list_providers = [](v1::ListProvidersRequest r) {
    v1::ListProvidersResponse page;
    page.set_next_page_token("providers after " + r.page_token());
    return ready<v1::ListProvidersResponse>(page);
  };
  control_.on_list_keys = [](v1::ListKeysRequest) {
    v1::ListKeysResponse keys;
    keys.set_rotated(7);
    return ready<v1::ListKeysResponse>(keys);
  };
  control_.on_rotate_keys = [](v1::RotateKeysRequest) {
    v1::ListKeysResponse keys;
    keys.set_rotating(true);
    return ready<v1::ListKeysResponse>(keys);
  };
  serve_and_connect();

  v1::CreateFeedRequest create;
  create.mutable_feed()->set_name("created feeds/a");
  EXPECT_EQ(thread_.run(remote_->create_feed(create))->name(), "created feeds/a");
  EXPECT_EQ(get_feed("feeds/a")->name(), "got feeds/a");
  v1::ListFeedsRequest list_feeds;
  list_feeds.set_page_token("t");
  EXPECT_EQ(thread_.run(remote_->list_feeds(list_feeds))->next_page_token(), "feeds after t");
  v1::UpdateFeedRequest update;
  update.mutable_update_mask()->add_paths("sink");
  EXPECT_EQ(thread_.run(remote_->update_feed(update))->etag(), "updated sink");
  v1::DeleteFeedRequest remove;
  remove.set_name("feeds/a");
  EXPECT_TRUE(thread_.run(remote_->delete_feed(remove)));
  EXPECT_EQ(deleted, "feeds/a");
  v1::ResetFeedRequest reset;
  reset.set_name("feeds/a");
  EXPECT_EQ(thread_.run(remote_->reset_feed(reset))->name(), "reset feeds/a");
  v1::ListDeadLettersRequest list_dead_letters;
  list_dead_letters.set_feed("feeds/a");
  EXPECT_EQ(thread_.run(remote_->list_dead_letters(list_dead_letters))->dead_letters(0).feed(), "feeds/a");
  v1::RetryDeadLettersRequest retry;
  retry.set_feed("feeds/a");
  EXPECT_EQ(thread_.run(remote_->retry_dead_letters(retry))->name(), "retried feeds/a");
  v1::StartSyncRequest start;
  start.set_feed("feeds/a");
  EXPECT_EQ(thread_.run(remote_->start_sync(start))->name(), "started feeds/a");
  v1::GetSyncRequest get_sync;
  get_sync.set_name("syncs/1");
  EXPECT_EQ(thread_.run(remote_->get_sync(get_sync))->name(), "got syncs/1");
  v1::ListSyncsRequest list_syncs;
  list_syncs.set_feed("feeds/a");
  EXPECT_EQ(thread_.run(remote_->list_syncs(list_syncs))->next_page_token(), "syncs of feeds/a");
  v1::CancelSyncRequest cancel;
  cancel.set_name("syncs/1");
  EXPECT_EQ(thread_.run(remote_->cancel_sync(cancel))->name(), "cancelled syncs/1");
  v1::ConfirmRemovalsRequest confirm;
  confirm.set_token("k");
  EXPECT_EQ(thread_.run(remote_->confirm_removals(confirm))->name(), "confirmed k");
  v1::GetProviderRequest get_provider;
  get_provider.set_name("rss");
  EXPECT_EQ(thread_.run(remote_->get_provider(get_provider))->name(), "rss");
  v1::ListProvidersRequest list_providers;
  list_providers.set_page_token("t");
  EXPECT_EQ(thread_.run(remote_->list_providers(list_providers))->next_page_token(), "providers after t");
  EXPECT_EQ(thread_.run(remote_->list_keys(v1::ListKeysRequest()))->rotated(), 7);
  EXPECT_TRUE(thread_.run(remote_->rotate_keys(v1::RotateKeysRequest()))->rotating());
}

TEST_F(Unary, ErrorsArriveAsTheControlMadeThem) {
  Error made = make_error(ErrorClass::kAuth, "TOKEN_REVOKED", "The account example's access was revoked",
                          "Connect it again")
                   .with("account", "example");
  control_.on_get_feed = [&made](v1::GetFeedRequest) { return ready<v1::Feed>(made); };
  serve_and_connect();
  for (const ErrorClass cls :
       {ErrorClass::kAuth, ErrorClass::kPermission, ErrorClass::kAdminApproval, ErrorClass::kThrottled,
        ErrorClass::kTransient, ErrorClass::kInvalid, ErrorClass::kCorrupt, ErrorClass::kNotFound,
        ErrorClass::kConflict, ErrorClass::kExhausted, ErrorClass::kCancelled, ErrorClass::kInternal}) {
    made.cls = cls;
    const Result<v1::Feed> answered = get_feed("feeds/a");
    ASSERT_FALSE(answered) << error_class_name(cls);
    EXPECT_EQ(answered.error().cls, cls) << error_class_name(cls);
    EXPECT_EQ(answered.error().reason, made.reason);
    EXPECT_EQ(answered.error().message, made.message);
    EXPECT_EQ(answered.error().next_step, made.next_step);
    EXPECT_EQ(answered.error().metadata, made.metadata);
  }
}

TEST_F(Unary, AnExceptionOfTheControlIsAnAnswerAndNotTheEnd) {
  control_.on_get_feed = [](v1::GetFeedRequest) -> Answer<v1::Feed> { throw std::runtime_error("a defect"); };
  serve_and_connect();
  const Result<v1::Feed> answered = get_feed("feeds/a");
  ASSERT_FALSE(answered);
  EXPECT_EQ(answered.error().cls, ErrorClass::kInternal);
  EXPECT_EQ(answered.error().reason, "UNEXPECTED_EXCEPTION");
  EXPECT_EQ(get_feed("feeds/a").error().reason, "UNEXPECTED_EXCEPTION");
}

TEST_F(Unary, CancellingTheClientCancelsTheOperation) {
  hang_on_get_feed();
  serve_and_connect();
  auto pending = thread_.start(remote_->get_feed({}));
  expect_began();
  pending.cancel();
  expect_cancelled();
  EXPECT_THROW(pending.get(), boost::system::system_error);
}

TEST_F(Unary, ADeadlineEndsBothSides) {
  hang_on_get_feed();
  serve();
  RemoteOptions options = here();
  options.deadline = milliseconds(200);
  connect(options);
  const Result<v1::Feed> answered = get_feed("feeds/a");
  ASSERT_FALSE(answered);
  EXPECT_EQ(answered.error().cls, ErrorClass::kTransient);
  EXPECT_EQ(answered.error().reason, "SERVER_TIMEOUT");
  expect_cancelled();
}

TEST_F(Unary, ARequestThatIsTooLargeIsRefused) {
  ServerOptions options;
  options.max_message_bytes = 64 << 10;
  serve_and_connect(options);
  v1::GetFeedRequest request;
  request.set_name(std::string(100 << 10, 'x'));
  const Result<v1::Feed> answered = thread_.run(remote_->get_feed(request));
  ASSERT_FALSE(answered);
  EXPECT_EQ(answered.error().cls, ErrorClass::kInvalid);
  EXPECT_EQ(answered.error().reason, "MESSAGE_TOO_LARGE");
}

TEST_F(Unary, CallsBeyondTheBoundAreRefused) {
  hang_on_get_feed();
  ServerOptions options;
  options.max_open_calls = 1;
  serve_and_connect(options);
  auto pending = thread_.start(remote_->get_feed({}));
  expect_began();
  const Result<v1::ListFeedsResponse> answered = thread_.run(remote_->list_feeds({}));
  ASSERT_FALSE(answered);
  EXPECT_EQ(answered.error().cls, ErrorClass::kExhausted);
  EXPECT_EQ(answered.error().reason, "TOO_MANY_CALLS");
  pending.cancel();
  expect_cancelled();
}

TEST_F(Unary, ManyAtOnceAllGetTheirOwnAnswer) {
  control_.on_get_feed = [](v1::GetFeedRequest r) {
    v1::Feed feed;
    feed.set_name(r.name());
    return ready<v1::Feed>(feed);
  };
  serve_and_connect();
  std::vector<Pending<Result<v1::Feed>>> pending;
  for (int i = 0; i < 500; ++i) {
    v1::GetFeedRequest request;
    request.set_name("feeds/" + std::to_string(i));
    pending.push_back(thread_.start(remote_->get_feed(request)));
  }
  for (int i = 0; i < 500; ++i) EXPECT_EQ(pending[i].get()->name(), "feeds/" + std::to_string(i));
}

// The last reference to its channel then goes on this thread, and not on gRPC's, where it ends the process.
TEST_F(Unary, AClientMayGoAsSoonAsItHasItsAnswer) {
  control_.on_get_feed = [](v1::GetFeedRequest) { return ready<v1::Feed>(v1::Feed()); };
  serve();
  for (int round = 0; round < 200; ++round) {
    connect(here());
    ASSERT_TRUE(get_feed("feeds/1")) << round;
    remote_.reset();
  }
}

TEST_F(Unary, NobodyThereIsATransientErrorThatSaysWhatToDo) {
  serve();
  const RemoteOptions options = here();
  server_.reset();
  connect(options);
  const Result<v1::Feed> answered = get_feed("feeds/a");
  ASSERT_FALSE(answered);
  EXPECT_EQ(answered.error().cls, ErrorClass::kTransient);
  EXPECT_EQ(answered.error().reason, "SERVER_UNREACHABLE");
  EXPECT_THAT(answered.error().message, testing::HasSubstr("No worker answers at " + options.address));
  EXPECT_THAT(answered.error().next_step, testing::HasSubstr("circuit-feeds serve"));
}

} // namespace
} // namespace circuit::api
