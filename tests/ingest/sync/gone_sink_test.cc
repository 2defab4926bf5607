// A sink whose storage somebody removed: when it begins anew, and that no document is left out of it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ingest/sync/engine_world.h"

namespace circuit::sync::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class GoneSink : public ::testing::Test {
 protected:
  GoneSink() {
    world_.receiver().takes_back = true;
    for (int i = 0; i < 6; ++i) world_.source().put("item-" + std::to_string(i), "text " + std::to_string(i));
  }
  void remove_sink() {
    world_.receiver().documents.clear();
    world_.receiver().removed = true;
  }
  void reset(const std::string& feed) {
    v1::ResetFeedRequest request;
    request.set_name(feed);
    ASSERT_TRUE(world_.ask(world_.engine().reset_feed(request)).ok());
  }
  // Of one feed.
  std::map<std::string, std::string> held(const std::string& feed) {
    std::map<std::string, std::string> texts;
    for (const auto& [id, document] : world_.receiver().documents) {
      if (id.first == feed) texts[id.second] = document.text();
    }
    return texts;
  }

  EngineWorld world_;
};

TEST_F(GoneSink, ASyncThatSomebodyAskedForSaysSoThoughTheSourceHasNothingNew) {
  world_.sync();
  remove_sink();
  for (const v1::SyncMode mode : {v1::INCREMENTAL, v1::FULL}) {
    const v1::Sync sync = world_.sync(mode);
    EXPECT_EQ(sync.state(), v1::Sync::FAILED);
    EXPECT_EQ(sync.error().reason(), "SINK_FILE_SHORTER");
    EXPECT_THAT(sync.error().next_step(), HasSubstr("sync with RESEND (--resend), which begins it anew"));
  }
}

TEST_F(GoneSink, ResendBeginsItAnewWithEverythingUnderTheNextEpoch) {
  world_.sync();
  remove_sink();
  const v1::Sync resent = world_.sync(v1::RESEND);
  EXPECT_EQ(resent.state(), v1::Sync::SUCCEEDED) << resent.error().message();
  EXPECT_EQ(world_.delivered(), world_.source().truth());
  EXPECT_EQ(world_.feed().epoch(), 2);
  EXPECT_EQ(world_.feed().document_count(), 6);
  world_.source().put("item-9", "new");
  EXPECT_EQ(world_.sync().counts().delivered(), 1);
}

TEST_F(GoneSink, AResendThatBreaksOffLeavesNothingOutOfTheNextSync) {
  world_.sync();
  remove_sink();
  world_.source().fail_after_pages = 1;
  EXPECT_EQ(world_.sync(v1::RESEND).state(), v1::Sync::FAILED);
  world_.source().fail_after_pages = -1;
  EXPECT_EQ(world_.sync().state(), v1::Sync::SUCCEEDED);
  EXPECT_EQ(world_.delivered(), world_.source().truth());
}

TEST_F(GoneSink, AResendThatACrashInterruptsGoesOnAndLosesNothing) {
  world_.source().page_takes = std::chrono::seconds(1);
  for (Duration at{0}; at < std::chrono::seconds(3); at += std::chrono::milliseconds(100)) {
    world_.sync();
    remove_sink();
    const auto started = world_.start(v1::RESEND);
    ASSERT_TRUE(started.ok());
    world_.run_for(at);
    world_.crash();
    EXPECT_EQ(world_.wait_for_end(started->name()).state(), v1::Sync::SUCCEEDED);
    EXPECT_EQ(world_.delivered(), world_.source().truth()) << at.count() << " us";
  }
}

TEST_F(GoneSink, TheFirstSyncAfterAResetAndThatOfANewFeedBeginItAnew) {
  world_.sync();
  remove_sink();
  reset("feeds/one");
  EXPECT_EQ(world_.sync().state(), v1::Sync::SUCCEEDED);
  EXPECT_EQ(world_.delivered(), world_.source().truth());

  remove_sink();
  v1::DeleteFeedRequest gone;
  gone.set_name("feeds/one");
  ASSERT_TRUE(world_.ask(world_.engine().delete_feed(gone)).ok());
  EXPECT_EQ(world_.sync(v1::INCREMENTAL, "feeds/two").state(), v1::Sync::SUCCEEDED);
  EXPECT_EQ(held("feeds/two"), world_.source().truth());
}

TEST_F(GoneSink, IsRefusedWhileOtherFeedsCountOnItAndNamesThem) {
  world_.sync();
  world_.sync(v1::INCREMENTAL, "feeds/two");
  world_.sync(v1::INCREMENTAL, "feeds/three");
  remove_sink();
  const v1::Sync refused = world_.sync(v1::RESEND);
  EXPECT_EQ(refused.state(), v1::Sync::FAILED);
  EXPECT_EQ(refused.error().reason(), "SINK_FILE_SHORTER");
  EXPECT_THAT(refused.error().message(), HasSubstr("feeds/three"));
  EXPECT_THAT(refused.error().message(), HasSubstr("feeds/two"));
  EXPECT_THAT(refused.error().message(), Not(HasSubstr("feeds/one")));
  EXPECT_THAT(refused.error().next_step(), HasSubstr("feeds reset"));
  EXPECT_EQ(world_.feed().epoch(), 1) << "what it counts on is given up for nothing";
  // A new feed does not make a file whose others believe that it holds theirs.
  EXPECT_EQ(world_.sync(v1::INCREMENTAL, "feeds/four").error().reason(), "SINK_FILE_SHORTER");

  reset("feeds/two");
  reset("feeds/three");
  EXPECT_EQ(world_.sync(v1::RESEND).state(), v1::Sync::SUCCEEDED);
  for (const char* feed : {"feeds/two", "feeds/three", "feeds/four"}) {
    EXPECT_EQ(world_.sync(v1::INCREMENTAL, feed).state(), v1::Sync::SUCCEEDED);
    EXPECT_EQ(held(feed), world_.source().truth());
  }
  EXPECT_EQ(held("feeds/one"), world_.source().truth());
}

TEST_F(GoneSink, IsNoticedByAPollThatHasSomethingToDeliver) {
  world_.sync();
  v1::UpdateFeedRequest update;
  update.mutable_feed()->set_name("feeds/one");
  update.mutable_feed()->mutable_poll_interval()->set_seconds(60);
  update.mutable_update_mask()->add_paths("poll_interval");
  ASSERT_TRUE(world_.ask(world_.engine().update_feed(update)).ok());
  remove_sink();
  world_.source().put("item-9", "new");
  world_.run_for(std::chrono::minutes(3));
  EXPECT_TRUE(world_.delivered().empty());
  v1::GetSyncRequest last;
  last.set_name(world_.feed().last_sync());
  const auto poll = world_.ask(world_.engine().get_sync(last));
  ASSERT_TRUE(poll.ok());
  EXPECT_EQ(poll->error().reason(), "SINK_FILE_SHORTER");
  EXPECT_THAT(poll->error().next_step(), HasSubstr("RESEND"));
}

} // namespace
} // namespace circuit::sync::testing
