#include "ingest/api/status.h"

#include <google/protobuf/duration.pb.h>
#include <gtest/gtest.h>

#include <string>

#include "circuit/feeds/v1/error.pb.h"

namespace circuit::api {
namespace {

namespace rpc = circuit::feeds::v1::rpc;
using grpc::StatusCode;

constexpr SystemTime kNow{std::chrono::seconds(1'700'000'000)};

Error an_error(ErrorClass cls, std::string reason) {
  return make_error(cls, std::move(reason), "Feed feeds/a is wrong", "Correct it").with("feed", "feeds/a");
}

rpc::RpcStatus details_of(const grpc::Status& status) {
  rpc::RpcStatus details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  return details;
}

struct CodeCase {
  ErrorClass cls;
  const char* reason;
  StatusCode code;
};

class EveryClass : public testing::TestWithParam<CodeCase> {};

TEST_P(EveryClass, HasItsCodeAndComesBackAsItWas) {
  const auto& [cls, reason, code] = GetParam();
  Error sent = an_error(cls, reason);
  sent.retry_at = kNow + std::chrono::microseconds(1'500'001);
  const grpc::Status status = to_status(sent, kNow);
  EXPECT_EQ(status.error_code(), code);

  const std::optional<Error> received = error_in(status);
  ASSERT_TRUE(received);
  EXPECT_EQ(received->cls, sent.cls);
  EXPECT_EQ(received->reason, sent.reason);
  EXPECT_EQ(received->message, sent.message);
  EXPECT_EQ(received->next_step, sent.next_step);
  EXPECT_EQ(received->metadata, sent.metadata);
  EXPECT_EQ(received->retry_at, sent.retry_at);
}

INSTANTIATE_TEST_SUITE_P(
    Status, EveryClass,
    testing::Values(CodeCase{ErrorClass::kAuth, "TOKEN_REVOKED", StatusCode::UNAUTHENTICATED},
                    CodeCase{ErrorClass::kPermission, "FOLDER_FORBIDDEN", StatusCode::PERMISSION_DENIED},
                    CodeCase{ErrorClass::kAdminApproval, "ADMIN_CONSENT", StatusCode::PERMISSION_DENIED},
                    CodeCase{ErrorClass::kThrottled, "RATE_LIMITED", StatusCode::RESOURCE_EXHAUSTED},
                    CodeCase{ErrorClass::kTransient, "SERVER_BUSY", StatusCode::UNAVAILABLE},
                    CodeCase{ErrorClass::kInvalid, "URL_INVALID", StatusCode::INVALID_ARGUMENT},
                    CodeCase{ErrorClass::kCorrupt, "STORE_CORRUPT", StatusCode::DATA_LOSS},
                    CodeCase{ErrorClass::kNotFound, "FEED_NOT_FOUND", StatusCode::NOT_FOUND},
                    CodeCase{ErrorClass::kConflict, "SYNC_ALREADY_RUNNING", StatusCode::ABORTED},
                    CodeCase{ErrorClass::kConflict, "ETAG_MISMATCH", StatusCode::ABORTED},
                    CodeCase{ErrorClass::kConflict, "FEED_EXISTS", StatusCode::ALREADY_EXISTS},
                    CodeCase{ErrorClass::kConflict, "FEED_BUSY", StatusCode::FAILED_PRECONDITION},
                    CodeCase{ErrorClass::kConflict, "REQUEST_ID_REUSED", StatusCode::FAILED_PRECONDITION},
                    CodeCase{ErrorClass::kExhausted, "DISK_FULL", StatusCode::RESOURCE_EXHAUSTED},
                    CodeCase{ErrorClass::kCancelled, "CANCELLED_BY_USER", StatusCode::CANCELLED},
                    CodeCase{ErrorClass::kInternal, "DEFECT_FOUND", StatusCode::INTERNAL}),
    [](const auto& tested) { return std::string(tested.param.reason); });

TEST(Status, TellsTheNextStepInItsMessage) {
  const grpc::Status status = to_status(an_error(ErrorClass::kInvalid, "URL_INVALID"), kNow);
  EXPECT_EQ(status.error_message(), "Feed feeds/a is wrong. Correct it");
  EXPECT_EQ(details_of(status).message(), status.error_message());
  EXPECT_EQ(details_of(status).code(), StatusCode::INVALID_ARGUMENT);
}

TEST(Status, CarriesOneErrorInfoUnderTheNameOfTheOriginal) {
  const grpc::Status status = to_status(an_error(ErrorClass::kConflict, "FEED_EXISTS"), kNow);
  const rpc::RpcStatus details = details_of(status);
  ASSERT_EQ(details.details_size(), 1);
  EXPECT_EQ(details.details(0).type_url(), "type.googleapis.com/google.rpc.ErrorInfo");
  rpc::RpcErrorInfo info;
  ASSERT_TRUE(info.ParseFromString(details.details(0).value()));
  EXPECT_EQ(info.reason(), "FEED_EXISTS");
  EXPECT_EQ(info.domain(), "circuit-feeds");
  EXPECT_EQ(info.metadata().at("class"), "CONFLICT");
  EXPECT_EQ(info.metadata().at("next_step"), "Correct it");
  EXPECT_EQ(info.metadata().at("feed"), "feeds/a");
}

TEST(Status, AddsTheDelayWhereTheErrorKnowsWhenToTryAgain) {
  Error error = an_error(ErrorClass::kThrottled, "RATE_LIMITED");
  error.retry_at = kNow + std::chrono::milliseconds(90'500);
  const rpc::RpcStatus details = details_of(to_status(error, kNow));
  ASSERT_EQ(details.details_size(), 2);
  EXPECT_EQ(details.details(1).type_url(), "type.googleapis.com/google.rpc.RetryInfo");
  // RetryInfo's only field is a Duration in field 1: its bytes follow a tag and a length.
  const std::string& bytes = details.details(1).value();
  ASSERT_GT(bytes.size(), 2u);
  EXPECT_EQ(bytes[0], 0x0A);
  ASSERT_EQ(static_cast<size_t>(bytes[1]), bytes.size() - 2);
  google::protobuf::Duration delay;
  ASSERT_TRUE(delay.ParseFromString(bytes.substr(2)));
  EXPECT_EQ(delay.seconds(), 90);
  EXPECT_EQ(delay.nanos(), 500'000'000);
}

TEST(Status, NeverAsksToRetryInThePast) {
  Error error = an_error(ErrorClass::kTransient, "SERVER_BUSY");
  error.retry_at = kNow - std::chrono::hours(1);
  const rpc::RpcStatus details = details_of(to_status(error, kNow));
  ASSERT_EQ(details.details_size(), 2);
  EXPECT_EQ(details.details(1).value(), std::string("\x0A\x00", 2));
}

TEST(Status, FitsTheHeadersThatEveryPeerAcceptsWhateverTheError) {
  std::string long_text;
  for (int i = 0; i < 5000; ++i) long_text += "é";
  Error error = make_error(ErrorClass::kInvalid, "URL_INVALID", long_text, long_text);
  for (int i = 0; i < 100; ++i) error.metadata["key" + std::to_string(i)] = std::string(100, 'v');
  error.metadata["huge"] = long_text;
  const grpc::Status status = to_status(error, kNow);
  // grpc-message is percent-encoded, grpc-status-details-bin is base64.
  const size_t on_the_wire = 3 * status.error_message().size() + (status.error_details().size() * 4 + 2) / 3;
  EXPECT_LT(on_the_wire, 8192u);
  const std::optional<Error> received = error_in(status);
  ASSERT_TRUE(received);
  EXPECT_TRUE(received->message.starts_with("éé"));
  EXPECT_TRUE(received->message.ends_with("é…"));
  EXPECT_TRUE(received->next_step.ends_with("é…"));
}

TEST(Status, OfSomebodyElseHoldsNoError) {
  EXPECT_FALSE(error_in(grpc::Status()));
  EXPECT_FALSE(error_in({StatusCode::UNAVAILABLE, "connection refused"}));
  EXPECT_FALSE(error_in({StatusCode::INTERNAL, "what", "not a message \xFF\xFF"}));
  rpc::RpcStatus details;
  rpc::RpcErrorInfo info;
  info.set_reason("URL_INVALID");
  info.set_domain("example.org");
  (*info.mutable_metadata())["class"] = "INVALID";
  details.add_details()->set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
  details.mutable_details(0)->set_value(info.SerializeAsString());
  EXPECT_FALSE(error_in({StatusCode::INTERNAL, "what", details.SerializeAsString()}));
}

} // namespace
} // namespace circuit::api
