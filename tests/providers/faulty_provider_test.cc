#include "tests/providers/faulty_provider.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/providers/gzip.h"
#include "tests/providers/http_date.h"

namespace circuit::providers {
namespace {

using std::chrono::seconds;
const SystemTime kNow{seconds(1'700'000'000)};

// Answers every request alike, and remembers what it was asked for.
class Steady final : public SimulatedProvider {
 public:
  SimResponse respond(const SimRequest&, SystemTime now, std::optional<ContentFault> fault) override {
    last_fault = fault;
    SimResponse response =
        text_response(200, "application/rss+xml; charset=shift_jis", std::string(1000, 'x'));
    response.fields.emplace_back("ETag", "\"1\"");
    response.fields.emplace_back("Date", format_http_date(now));
    return response;
  }
  std::optional<ContentFault> last_fault;
};

class FaultyProviderTest : public testing::Test {
 protected:
  SimResponse get_with(Fault fault, const std::string& target = "/feeds/1.xml") {
    plan_.force(fault);
    SimRequest request;
    request.target = target;
    return faulty_.respond(request, kNow, std::nullopt);
  }
  std::string field(const SimResponse& response, std::string_view name) {
    return find_field(response.fields, name).value_or("(none)");
  }
  Steady steady_;
  FaultPlan plan_{7, FaultRates::none()};
  FaultyProvider faulty_{steady_, plan_};
};

TEST_F(FaultyProviderTest, BreaksConnections) {
  EXPECT_EQ(get_with(Fault::kRefused).delivery.broken, Delivery::Break::kRefused);
  EXPECT_EQ(get_with(Fault::kReset).delivery.broken, Delivery::Break::kReset);
  EXPECT_GE(get_with(Fault::kStalled).delivery.delay, std::chrono::minutes(1));
}

TEST_F(FaultyProviderTest, CutsBodiesButKeepsTheirValidators) {
  for (int i = 0; i < 20; ++i) {
    const SimResponse response = get_with(Fault::kTruncated);
    ASSERT_TRUE(response.delivery.cut_after);
    EXPECT_LE(*response.delivery.cut_after, 1000u);
    EXPECT_EQ(field(response, "ETag"), "\"1\"");
  }
}

TEST_F(FaultyProviderTest, SendsEmptyBodiesWithTheValidatorsOfTheRealOne) {
  const SimResponse response = get_with(Fault::kEmptyBody);
  EXPECT_EQ(response.status, 200);
  EXPECT_FALSE(response.body);
  EXPECT_EQ(field(response, "ETag"), "\"1\"");
}

TEST_F(FaultyProviderTest, AsksForPatienceInSecondsAndByDate) {
  std::map<bool, int> forms;
  for (int i = 0; i < 100; ++i) {
    const SimResponse response = get_with(Fault::kThrottled);
    EXPECT_TRUE(response.status == 429 || response.status == 503);
    const std::string wait = field(response, "Retry-After");
    const auto date = parse_http_date(wait, kNow);
    ++forms[date.has_value()];
    const auto until = date ? *date - kNow : seconds(std::stoi(wait));
    EXPECT_GE(until, seconds(1));
    EXPECT_LE(until, seconds(120));
  }
  EXPECT_GT(forms[true], 10);
  EXPECT_GT(forms[false], 10);
}

TEST_F(FaultyProviderTest, RedirectsToAnAliasAndNotFromThere) {
  SimResponse response = get_with(Fault::kRedirectFlap, "/feeds/1.xml?page=2");
  EXPECT_TRUE(response.status == 302 || response.status == 307);
  EXPECT_EQ(field(response, "Location"), "/feeds/1.xml?page=2&via=mirror");
  EXPECT_EQ(get_with(Fault::kRedirectFlap, "/feeds/1.xml?via=mirror").status, 200);
}

TEST_F(FaultyProviderTest, LeavesTheCharsetWhenItLiesAboutTheType) {
  const SimResponse response = get_with(Fault::kWrongContentType);
  EXPECT_THAT(field(response, "Content-Type"), testing::EndsWith("; charset=shift_jis"));
  EXPECT_THAT(field(response, "Content-Type"), testing::Not(testing::HasSubstr("rss")));
}

TEST_F(FaultyProviderTest, HasAClockThatIsOff) {
  EXPECT_NE(field(get_with(Fault::kClockSkew), "Date"), format_http_date(kNow));
}

TEST_F(FaultyProviderTest, LeavesContentFaultsToTheProvider) {
  get_with(Fault::kStale);
  EXPECT_EQ(steady_.last_fault, ContentFault::kStale);
  get_with(Fault::kRepeatedPage);
  EXPECT_EQ(steady_.last_fault, ContentFault::kRepeatedPage);
  get_with(Fault::kEmptyPage);
  EXPECT_EQ(steady_.last_fault, ContentFault::kEmptyPage);
}

TEST(FaultPlan, DrawsEachFaultAtItsOwnRate) {
  FaultPlan plan(3, FaultRates().set(Fault::kReset, 0.2).set(Fault::kThrottled, 0.05));
  size_t none = 0;
  for (int i = 0; i < 20'000; ++i) none += !plan.draw();
  EXPECT_NEAR(static_cast<double>(plan.drawn(Fault::kReset)), 4000, 300);
  EXPECT_NEAR(static_cast<double>(plan.drawn(Fault::kThrottled)), 1000, 150);
  EXPECT_EQ(plan.drawn(Fault::kSlow), 0u);
  EXPECT_NEAR(static_cast<double>(none), 15'000, 400);
}

TEST(FaultPlan, StopsForGood) {
  FaultPlan plan(3, FaultRates::uniform(1));
  EXPECT_TRUE(plan.draw());
  plan.force(Fault::kReset, 5);
  plan.stop();
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(plan.draw());
}

TEST(FaultPlan, ForcesAFaultSoManyTimes) {
  FaultPlan plan(3, FaultRates::none());
  plan.force(Fault::kReset, 2);
  plan.force(Fault::kSlow);
  EXPECT_EQ(plan.draw(), Fault::kReset);
  EXPECT_EQ(plan.draw(), Fault::kReset);
  EXPECT_EQ(plan.draw(), Fault::kSlow);
  EXPECT_EQ(plan.draw(), std::nullopt);
}

TEST(FaultPlan, ReplaysFromItsSeed) {
  SeededRandom a(11), b(11);
  FaultPlan first(5, FaultRates::drawn(a, 0.5)), second(5, FaultRates::drawn(b, 0.5));
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(first.draw(), second.draw());
}

TEST(GzipCoding, ComesBackWholeAndTellsWhenItIsNot) {
  const std::string text = "round and round " + std::string(5000, 'z');
  const std::string coded = gzip(text);
  EXPECT_EQ(gunzip(coded, 1 << 20).bytes, text);
  EXPECT_EQ(gunzip(coded, 1 << 20).end, GunzipEnd::kWhole);
  EXPECT_EQ(gunzip(std::string_view(coded).substr(0, coded.size() / 2), 1 << 20).end, GunzipEnd::kTruncated);
  EXPECT_EQ(gunzip("plain", 1 << 20).end, GunzipEnd::kInvalid);
  EXPECT_EQ(gunzip(coded, 100).end, GunzipEnd::kTooLarge);
}

} // namespace
} // namespace circuit::providers
