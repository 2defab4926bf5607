#include "ingest/http/auth.h"

#include <gmock/gmock.h>

#include "ingest/http/redirect.h"
#include "ingest/http/retry.h"
#include "tests/ingest/http/scripted_transport.h"

namespace circuit::http {
namespace {

// Keeps one credential, of a version that grows when it is refused and may be renewed.
class Keeper final : public Authorizer {
 public:
  int64_t version = 1;
  bool renews = true;
  std::optional<Error> refusal;
  int refusals = 0;

  Task<Result<int64_t>> authorize(Request& request) override {
    if (refusal) co_return *refusal;
    request.headers.set("Authorization", "Bearer " + std::to_string(version));
    co_return version;
  }
  Task<Result<bool>> refused(std::string connection, int64_t of_version) override {
    EXPECT_EQ(connection, "connections/a");
    ++refusals;
    if (version > of_version) co_return true;
    if (!renews) co_return false;
    ++version;
    co_return true;
  }
};

struct AuthTest : ::testing::Test, LayerWorld {
  SeededRandom random{1};
  AuthLayer auth{provider};
  RetryLayer retry{auth, loop.clock(), random, {}, {}};
  Keeper keeper;
  AuthTest() { auth.use(keeper); }

  Request request(const std::string& url = "https://api.example/x") {
    Request made = get(url);
    made.connection = "connections/a";
    return made;
  }
  std::string sent(size_t index) {
    return std::string(provider.asked.at(index).request.headers.get("Authorization"));
  }
};

TEST_F(AuthTest, ARequestOfAConnectionCarriesItsCredential) {
  EXPECT_EQ(send(auth, request()).status(), 200);
  EXPECT_EQ(sent(0), "Bearer 1");
}

TEST_F(AuthTest, ARequestWithoutAConnectionPassesAsItIs) {
  EXPECT_EQ(send(auth, get("https://api.example/x")).status(), 200);
  EXPECT_EQ(sent(0), "");
}

TEST_F(AuthTest, ARefusedCredentialIsReplacedOnceAndTheRequestSentAgain) {
  provider.next.push_back(answer(401));
  auto& ended = send(retry, request());
  EXPECT_EQ(ended.status(), 200);
  EXPECT_EQ(ended.response().attempts, 2);
  EXPECT_EQ(sent(1), "Bearer 2");
}

TEST_F(AuthTest, TheSecondRefusalIsTheCallersToUnderstand) {
  provider.afterwards = [](const Request&) { return answer(401); };
  EXPECT_EQ(send(retry, request()).status(), 401);
  EXPECT_EQ(provider.asked.size(), 2u);
  EXPECT_EQ(keeper.refusals, 1);
}

TEST_F(AuthTest, WithoutANewerCredentialTheRefusalIsReturned) {
  keeper.renews = false;
  provider.next.push_back(answer(401));
  EXPECT_EQ(send(retry, request()).status(), 401);
  EXPECT_EQ(provider.asked.size(), 1u);
}

TEST_F(AuthTest, ARenewalIsNoneOfTheAttemptsThatAnOutageMayCost) {
  provider.next.push_back(answer(401));
  const int most = RetryPolicy{}.max_attempts;
  for (int i = 0; i < most - 1; ++i) provider.next.push_back(answer(503));
  auto& ended = send(retry, request());
  EXPECT_EQ(ended.status(), 200);
  EXPECT_EQ(ended.response().attempts, most + 1);
}

TEST_F(AuthTest, OtherStatusesAreNotAboutTheCredential) {
  provider.next.push_back(answer(403));
  EXPECT_EQ(send(auth, request()).status(), 403);
  EXPECT_EQ(keeper.refusals, 0);
}

TEST_F(AuthTest, WhatCannotBeAuthorizedIsNotSent) {
  keeper.refusal = make_error(ErrorClass::kAuth, "CONNECTION_PENDING", "not yet", "wait");
  EXPECT_EQ(send(auth, request()).reason(), "CONNECTION_PENDING");
  EXPECT_TRUE(provider.asked.empty());
}

TEST_F(AuthTest, WithoutAnybodyWhoKeepsCredentialsThereIsNoConnection) {
  AuthLayer alone{provider};
  EXPECT_EQ(send(alone, request()).reason(), "CONNECTION_NOT_FOUND");
  EXPECT_TRUE(provider.asked.empty());
}

TEST_F(AuthTest, ARedirectToAnotherOriginLeavesTheCredentialBehind) {
  RedirectLayer redirect{auth};
  Request start = request();
  start.max_redirects = 3;
  provider.next.push_back(answer(302, {{"Location", "https://api.example/y"}}));
  provider.next.push_back(answer(302, {{"Location", "https://files.example/z"}}));
  EXPECT_EQ(send(redirect, start).status(), 200);
  EXPECT_EQ(sent(1), "Bearer 1");
  EXPECT_EQ(sent(2), "");
}

} // namespace
} // namespace circuit::http
