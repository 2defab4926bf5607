// What every feed has to do, whatever its provider. docs/CONTRIBUTING.md says how a new provider joins.

#include <gtest/gtest.h>

#include "ingest/text/charset.h"
#include "tests/acceptance/acceptance_world.h"

namespace circuit::acceptance {
namespace {

using providers::Fault;

class Acceptance : public ::testing::TestWithParam<SubjectCase> {
 protected:
  std::unique_ptr<Subject> subject(uint64_t seed = 1) { return GetParam().make(seed); }
};

#define SKIP_UNLESS(world, ability) \
  if (!(world).subject().can(ability)) GTEST_SKIP() << "not something this provider can do"

TEST_P(Acceptance, TheFirstSyncDeliversEverything) {
  AcceptanceWorld world(subject());
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().message();
  EXPECT_TRUE(sync.complete()) << sync.incomplete_reason();
  EXPECT_EQ(world.difference(), "");
  EXPECT_EQ(sync.counts().listed(),
            sync.counts().delivered() + sync.counts().unchanged() + sync.counts().rejected());
  EXPECT_EQ(world.feed().document_count(), static_cast<int64_t>(world.receiver().documents.size()));
}

TEST_P(Acceptance, NothingNewDeliversNothing) {
  AcceptanceWorld world(subject());
  world.sync();
  const size_t changes = world.receiver().log.size();
  const uint64_t requests = world.requests();
  const v1::Sync again = world.sync();
  EXPECT_EQ(again.state(), v1::Sync::SUCCEEDED) << again.error().message();
  EXPECT_EQ(world.receiver().log.size(), changes);
  EXPECT_EQ(again.counts().delivered(), 0);
  EXPECT_LE(world.requests() - requests, world.subject().quiet_requests());
}

TEST_P(Acceptance, AnAdditionIsDeliveredAlone) {
  AcceptanceWorld world(subject());
  world.sync();
  world.run_for(std::chrono::hours(1));
  world.subject().add_item(world.now());
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.counts().delivered(), 1) << sync.DebugString();
  EXPECT_EQ(world.difference(), "");
}

TEST_P(Acceptance, AnEditIsDeliveredAlone) {
  AcceptanceWorld world(subject());
  SKIP_UNLESS(world, Ability::kEdit);
  world.sync();
  world.run_for(std::chrono::hours(1));
  world.subject().edit_item(9, world.now());
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.counts().delivered(), 1) << sync.DebugString();
  EXPECT_EQ(world.difference(), "");
}

TEST_P(Acceptance, ADeletionThatTheProviderTellsIsRemoved) {
  AcceptanceWorld world(subject());
  SKIP_UNLESS(world, Ability::kDelete);
  world.sync();
  world.run_for(std::chrono::hours(1));
  world.subject().delete_item(9, world.now());
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.counts().removed(), 1) << sync.DebugString();
  EXPECT_EQ(world.difference(), "");
}

TEST_P(Acceptance, WhatAgesOutOfTheListingStays) {
  AcceptanceWorld world(subject());
  world.sync();
  const auto before = world.receiver().texts();
  for (int i = 0; i < 60; ++i) {
    world.run_for(std::chrono::hours(1));
    world.subject().add_item(world.now());
    if (i % 2 != 0) continue;
    EXPECT_EQ(world.sync().counts().removed(), 0);
  }
  world.sync();
  for (const auto& [id, text] : before) EXPECT_TRUE(world.receiver().texts().contains(id)) << id;
  EXPECT_EQ(world.difference(), "");
}

TEST_P(Acceptance, ASyncThatIsInterruptedInTheMiddleOfTheListingGoesOnThere) {
  AcceptanceWorld world(subject());
  SKIP_UNLESS(world, Ability::kResumeListing);
  const auto started = world.start(world.subject().feed());
  ASSERT_TRUE(started.ok());
  const uint64_t enough = 3;
  while (world.requests() < enough) world.run_for(std::chrono::milliseconds(1));
  world.crash();
  EXPECT_EQ(world.wait_for_end(started->name()).state(), v1::Sync::SUCCEEDED);
  EXPECT_EQ(world.difference(), "");
  EXPECT_LE(world.requests(), world.subject().resumed_requests())
      << "pages that were checkpointed are not read again";
}

TEST_P(Acceptance, EveryPassingFaultIsSurvivedWithoutHelp) {
  for (const Fault fault : {Fault::kRefused, Fault::kReset, Fault::kTruncated, Fault::kServerError,
                            Fault::kThrottled, Fault::kEmptyBody, Fault::kStale, Fault::kRedirectFlap,
                            Fault::kWrongContentType, Fault::kClockSkew, Fault::kSlow}) {
    SCOPED_TRACE(providers::fault_name(fault));
    AcceptanceWorld world(subject());
    world.sync();
    const auto held = world.receiver().texts();
    world.run_for(std::chrono::hours(1));
    world.subject().add_item(world.now());
    world.faults().force(fault);
    const v1::Sync spoiled = world.sync();
    EXPECT_EQ(spoiled.counts().removed(), 0);
    for (const auto& [id, text] : held) EXPECT_TRUE(world.receiver().texts().contains(id)) << id;
    const v1::Sync sync = world.sync();
    EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().message();
    EXPECT_EQ(world.difference(), "");
    EXPECT_EQ(world.in_flight(), 0u);
  }
}

TEST_P(Acceptance, AnErrorThatStaysFailsTheSyncWithAClassAndANextStepAndKeepsWhatWasDelivered) {
  AcceptanceWorld world(subject());
  world.sync();
  const size_t changes = world.receiver().log.size();
  world.faults().force(Fault::kServerError, 100);
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::FAILED);
  EXPECT_EQ(sync.error().error_class(), "TRANSIENT") << sync.error().DebugString();
  EXPECT_NE(sync.error().next_step(), "");
  EXPECT_EQ(world.receiver().log.size(), changes);
}

TEST_P(Acceptance, ALostPermissionRemovesNothingAndItsReturnGoesOn) {
  AcceptanceWorld world(subject());
  SKIP_UNLESS(world, Ability::kLosePermission);
  world.sync();
  const size_t changes = world.receiver().log.size();
  world.subject().lose_permission(true, world.now());
  const v1::Sync lost = world.sync();
  EXPECT_EQ(lost.state(), v1::Sync::FAILED);
  EXPECT_EQ(lost.error().error_class(), "PERMISSION") << lost.error().DebugString();
  EXPECT_EQ(world.receiver().log.size(), changes);
  world.subject().lose_permission(false, world.now());
  world.run_for(std::chrono::hours(1));
  world.subject().add_item(world.now());
  EXPECT_EQ(world.sync().state(), v1::Sync::SUCCEEDED);
  EXPECT_EQ(world.difference(), "");
}

TEST_P(Acceptance, ASourceThatEndsRemovesNothingAndIsNotAskedAgain) {
  AcceptanceWorld world(subject());
  SKIP_UNLESS(world, Ability::kEnd);
  world.sync();
  const size_t held = world.receiver().documents.size();
  world.subject().end_source(world.now());
  EXPECT_EQ(world.sync().state(), v1::Sync::SUCCEEDED);
  EXPECT_EQ(world.feed().state(), v1::Feed::ENDED);
  EXPECT_NE(world.feed().state_reason(), "");
  EXPECT_EQ(world.receiver().documents.size(), held);
}

TEST_P(Acceptance, OneBadItemIsADeadLetterAndTheOthersArrive) {
  AcceptanceWorld world(subject());
  SKIP_UNLESS(world, Ability::kRejectOneItem);
  world.subject().add_bad_item(world.now());
  world.subject().add_item(world.now());
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().message();
  EXPECT_EQ(world.difference(), "");
  EXPECT_EQ(sync.counts().listed(),
            sync.counts().delivered() + sync.counts().unchanged() + sync.counts().rejected());
  EXPECT_EQ(sync.counts().rejected(), world.feed().dead_letter_count());
}

TEST_P(Acceptance, AHugeItemIsDeliveredOrCutAndSaysSo) {
  AcceptanceWorld world(subject());
  world.sync();
  world.run_for(std::chrono::hours(1));
  world.subject().add_huge_item(world.now(), 3 << 20);
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().message();
  ASSERT_EQ(sync.counts().delivered(), 1) << sync.DebugString();
  const v1::Document& huge = world.receiver().log.back().document();
  EXPECT_TRUE(huge.text_truncated());
  EXPECT_GT(huge.text().size(), 900'000u);
  EXPECT_LE(huge.text().size(), 1u << 20);
}

TEST_P(Acceptance, EveryDocumentIsWholeAndWellFormed) {
  AcceptanceWorld world(subject());
  world.sync();
  ASSERT_FALSE(world.receiver().documents.empty());
  for (const auto& [id, document] : world.receiver().documents) {
    EXPECT_EQ(document.feed(), id.first);
    EXPECT_EQ(document.provider(), world.subject().feed().provider());
    EXPECT_NE(document.version(), "");
    EXPECT_EQ(document.content_hash().size(), 64u);
    EXPECT_NE(document.permissions().visibility(), v1::Permissions::VISIBILITY_UNSPECIFIED);
    EXPECT_FALSE(document.text().empty());
    EXPECT_TRUE(text::is_valid_utf8(document.text()));
    EXPECT_TRUE(text::is_valid_utf8(document.title()));
  }
}

TEST_P(Acceptance, AResendAndAResetDeliverEverythingAgain) {
  AcceptanceWorld world(subject());
  const int64_t all = world.sync().counts().delivered();
  EXPECT_EQ(world.sync(v1::FULL).counts().delivered(), 0);
  const v1::Sync resent = world.sync(v1::RESEND);
  EXPECT_GT(resent.counts().delivered(), 0);
  EXPECT_LE(resent.counts().delivered(), all);
  v1::ResetFeedRequest reset;
  reset.set_name(world.feed().name());
  ASSERT_TRUE(world.ask(world.engine().reset_feed(reset)).ok());
  EXPECT_EQ(world.sync().counts().delivered(), all);
  EXPECT_EQ(world.difference(), "");
}

INSTANTIATE_TEST_SUITE_P(Feeds, Acceptance, ::testing::ValuesIn(subjects()),
                         [](const auto& subject) { return subject.param.name; });

} // namespace
} // namespace circuit::acceptance
