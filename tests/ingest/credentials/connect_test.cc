// Connecting an account, by consent or by a secret, and using it.

#include <gmock/gmock.h>

#include "tests/ingest/credentials/connections_world.h"

namespace circuit::credentials::testing {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kName = "connections/ann";

struct Connect : ::testing::Test, ConnectionsWorld {
  Connect() { boot(); }

  std::string reason_of(const Result<v1::Connection>& result) {
    return result ? v1::Connection::State_Name(result->state()) : result.error().reason;
  }
  v1::CreateConnectionRequest request(const std::string& method = "token") {
    v1::CreateConnectionRequest made;
    made.mutable_connection()->set_name(kName);
    made.mutable_connection()->set_provider("example");
    made.mutable_connection()->set_method(method);
    (*made.mutable_secrets()->mutable_values())["token"] = "ghp-marker-1";
    return made;
  }
  std::string create(v1::CreateConnectionRequest made) {
    return reason_of(run(connections->create(std::move(made))));
  }
  // What the API saw of the last request's headers.
  std::string header_sent(const std::string& connection, const std::string& name,
                          const std::string& url = "https://api.example/api") {
    auto asked = api_request(connection, url);
    auto version = run(connections->authorize(asked));
    return version ? std::string(asked.headers.get(name)) : version.error().reason;
  }
};

TEST_F(Connect, APersonConsentsAndTheConnectionIsActive) {
  auto connected = connect(kName);
  ASSERT_TRUE(connected) << connected.error().to_string();
  EXPECT_EQ(connected->state(), v1::Connection::ACTIVE);
  EXPECT_EQ(connected->account(), "ann@example.com");
  EXPECT_THAT(connected->granted_scopes(), ::testing::ElementsAre("files.read"));
  EXPECT_TRUE(connected->has_expires_at());
  EXPECT_TRUE(connected->has_next_refresh_at());
  EXPECT_EQ(ask(kName), "200");
}

TEST_F(Connect, UntilThePersonComesBackTheConnectionIsPending) {
  ASSERT_TRUE(start_authorization(kName));
  EXPECT_EQ(get(kName).state(), v1::Connection::PENDING);
  EXPECT_EQ(ask(kName), "CONNECTION_PENDING");
}

TEST_F(Connect, AnAuthorizationIsFinishedOnce) {
  auto started = start_authorization(kName);
  ASSERT_TRUE(started);
  const std::string back = server.consent(started->authorization_url(), "ann@example.com", now());
  EXPECT_EQ(reason_of(finish(back)), "ACTIVE");
  EXPECT_EQ(reason_of(finish(back)), "AUTHORIZATION_UNKNOWN");
  EXPECT_EQ(ask(kName), "200");
}

TEST_F(Connect, WhatComesBackWrongIsRefused) {
  auto started = start_authorization(kName);
  ASSERT_TRUE(started);
  const std::string back = server.consent(started->authorization_url(), "ann@example.com", now());
  EXPECT_EQ(reason_of(finish("https://app.example.com/back?code=c&state=guessed")), "AUTHORIZATION_UNKNOWN");
  EXPECT_EQ(reason_of(finish("https://evil.example.com" + back.substr(back.find("/back")))),
            "REDIRECT_MISMATCH");
  EXPECT_EQ(server.exchanges(), 0u);
  run_for(minutes(16));
  EXPECT_EQ(reason_of(finish(back)), "AUTHORIZATION_EXPIRED");
}

TEST_F(Connect, AnAuthorizationSurvivesARestartAndIsGoneWhenItHasExpired) {
  auto started = start_authorization(kName);
  ASSERT_TRUE(started);
  restart();
  EXPECT_EQ(reason_of(finish(server.consent(started->authorization_url(), "a@example.com", now()))),
            "ACTIVE");
  ASSERT_TRUE(start_authorization("connections/bob"));
  run_for(hours(2));
  EXPECT_TRUE(disk.rows(state::Table::kAuthorizations).empty());
}

TEST_F(Connect, WhatTheConsentPageSaidIsKept) {
  auto started = start_authorization(kName);
  EXPECT_EQ(reason_of(finish(server.refuse(started->authorization_url(), "access_denied"))),
            "AUTHORIZATION_DENIED");
  EXPECT_EQ(get(kName).state(), v1::Connection::PENDING);
  EXPECT_EQ(get(kName).state_error().reason(), "AUTHORIZATION_DENIED");
  started = start_authorization(kName);
  const auto denied =
      finish(server.refuse(started->authorization_url(), "access_denied", "a policy forbids it"));
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().cls, ErrorClass::kAdminApproval);
  EXPECT_EQ(get(kName).state(), v1::Connection::ADMIN_APPROVAL);
  EXPECT_EQ(ask(kName), denied.error().reason);
  auto help = run(connections->approval_help(kName));
  ASSERT_TRUE(help);
  EXPECT_EQ(help->reason(), denied.error().reason);
}

TEST_F(Connect, AWorkingConnectionGoesOnThroughAnAuthorizationThatFails) {
  ASSERT_TRUE(connect(kName));
  auto started = start_authorization(kName);
  ASSERT_TRUE(started);
  EXPECT_EQ(ask(kName), "200");
  ASSERT_FALSE(finish(server.refuse(started->authorization_url(), "access_denied")));
  EXPECT_EQ(ask(kName), "200");
}

TEST_F(Connect, AnotherAccountDoesNotTakeAConnectionOver) {
  ASSERT_TRUE(connect(kName, "ann@example.com"));
  EXPECT_EQ(reason_of(connect(kName, "bob@example.com")), "ACCOUNT_DIFFERS");
  EXPECT_EQ(get(kName).account(), "ann@example.com");
  EXPECT_EQ(ask(kName), "200");
}

TEST_F(Connect, ASecretGoesInAndNeverComesOut) {
  auto made = create_with_token(kName, "ghp-marker-1");
  ASSERT_TRUE(made) << made.error().to_string();
  EXPECT_EQ(made->state(), v1::Connection::ACTIVE);
  EXPECT_EQ(header_sent(kName, "Authorization"), "Bearer ghp-marker-1");
  EXPECT_THAT(made->ShortDebugString() + get(kName).ShortDebugString(), Not(HasSubstr("ghp-marker")));
  for (size_t table = 0; table < state::kTableCount; ++table) {
    for (const auto& [key, value] : disk.rows(static_cast<state::Table>(table)))
      EXPECT_EQ((key + value).find("ghp-marker"), std::string::npos) << table;
  }
}

TEST_F(Connect, BasicAuthorizationIsTheUserAndTheToken) {
  auto made = request("basic");
  (*made.mutable_connection()->mutable_parameters())["email"] = "ann@example.com";
  ASSERT_EQ(create(std::move(made)), "ACTIVE");
  EXPECT_EQ(header_sent(kName, "Authorization"), "Basic YW5uQGV4YW1wbGUuY29tOmdocC1tYXJrZXItMQ==");
}

TEST_F(Connect, ARobotsFirstTokenIsExchangedWhenItIsCreated) {
  v1::CreateConnectionRequest made;
  made.mutable_connection()->set_name(kName);
  made.mutable_connection()->set_provider("example");
  made.mutable_connection()->set_method("app-only");
  (*made.mutable_connection()->mutable_parameters())["client_id"] = "client";
  (*made.mutable_secrets()->mutable_values())["client_secret"] = "the-client-secret-of-tests";
  auto created = run(connections->create(std::move(made)));
  ASSERT_TRUE(created) << created.error().to_string();
  EXPECT_EQ(ask(kName), "200") << "a request that comes at once waits for it";
  EXPECT_EQ(server.exchanges(), 1u);
  run_for(hours(2));
  EXPECT_EQ(ask(kName), "200");
  EXPECT_GE(server.exchanges(), 3u);
}

TEST_F(Connect, BadRequestsSayWhatIsWrongAndChangeNothing) {
  const auto with = [&](auto change) {
    auto made = request();
    change(made);
    return create(std::move(made));
  };
  using Made = v1::CreateConnectionRequest;
  EXPECT_EQ(with([](Made& m) { m.mutable_connection()->set_name("feeds/x"); }), "CONNECTION_NAME_INVALID");
  EXPECT_EQ(with([](Made& m) { m.mutable_connection()->set_name("connections/A"); }),
            "CONNECTION_NAME_INVALID");
  EXPECT_EQ(with([](Made& m) { m.mutable_connection()->set_provider("nobody"); }), "PROVIDER_UNKNOWN");
  EXPECT_EQ(with([](Made& m) { m.mutable_connection()->set_method("magic"); }), "METHOD_UNKNOWN");
  EXPECT_EQ(with([](Made& m) { m.mutable_connection()->set_method("oauth2"); }), "METHOD_NEEDS_CONSENT");
  EXPECT_EQ(with([](Made& m) { (*m.mutable_connection()->mutable_parameters())["x"] = "1"; }),
            "CONNECTION_PARAMETER_UNKNOWN");
  EXPECT_EQ(with([](Made& m) { (*m.mutable_connection()->mutable_parameters())["base_url"] = "ftp://x"; }),
            "CONNECTION_PARAMETER_INVALID");
  EXPECT_EQ(with([](Made& m) { m.mutable_connection()->set_method("basic"); }),
            "CONNECTION_PARAMETER_MISSING");
  EXPECT_EQ(with([](Made& m) { m.clear_secrets(); }), "SECRET_MISSING");
  EXPECT_EQ(with([](Made& m) { (*m.mutable_secrets()->mutable_values())["password"] = "x"; }),
            "SECRET_UNKNOWN");
  EXPECT_EQ(with([](Made& m) { m.mutable_connection()->add_capabilities("fly"); }), "CAPABILITY_UNKNOWN");
  EXPECT_EQ(with([](Made& m) { m.set_validate_only(true); }), "ACTIVE");
  EXPECT_TRUE(disk.rows(state::Table::kConnections).empty());
  EXPECT_TRUE(disk.rows(state::Table::kCredentials).empty());
}

TEST_F(Connect, TheSameRequestIdMakesOneConnection) {
  auto made = request();
  made.mutable_connection()->clear_name();
  made.set_request_id("r-1");
  auto first = run(connections->create(made));
  auto second = run(connections->create(made));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->name(), second->name());
  made.mutable_connection()->set_method("basic");
  (*made.mutable_connection()->mutable_parameters())["email"] = "x";
  EXPECT_EQ(create(made), "REQUEST_ID_REUSED");
}

TEST_F(Connect, ANewSecretForTheSameConnectionReplacesTheOldOne) {
  ASSERT_EQ(create(request()), "ACTIVE");
  auto made = request();
  (*made.mutable_secrets()->mutable_values())["token"] = "ghp-marker-2";
  EXPECT_EQ(create(made), "ACTIVE");
  EXPECT_EQ(header_sent(kName, "Authorization"), "Bearer ghp-marker-2");
  auto other = request("basic");
  (*other.mutable_connection()->mutable_parameters())["email"] = "x";
  EXPECT_EQ(create(other), "CONNECTION_EXISTS");
}

TEST_F(Connect, ACredentialGoesToHostsOfTheProviderAloneAndNeverInTheClear) {
  auto made = request();
  (*made.mutable_connection()->mutable_parameters())["base_url"] = "https://wiki.corp.example.org/x";
  ASSERT_EQ(create(std::move(made)), "ACTIVE");
  EXPECT_EQ(header_sent(kName, "Authorization", "https://api.example/x"), "Bearer ghp-marker-1");
  EXPECT_EQ(header_sent(kName, "Authorization", "https://wiki.corp.example.org/y"), "Bearer ghp-marker-1");
  for (const char* url :
       {"https://evil.example.com/", "http://api.example/x", "https://api.example.evil.com/",
        "https://api.example@evil.com/", "https://corp.example.org/", "nonsense",
        // Begin as what was permitted just before, and are read in more than one way.
        "https://api.example\\@evil.com/x", "https://api.example:8443@evil.com/x"})
    EXPECT_EQ(header_sent(kName, "Authorization", url), "CREDENTIAL_HOST_REFUSED") << url;
}

TEST_F(Connect, AHostThatWhoeverConnectsChoseMustNotBeAPrivateOne) {
  auto made = request();
  (*made.mutable_connection()->mutable_parameters())["base_url"] = "https://wiki.corp.example.org/x";
  ASSERT_EQ(create(std::move(made)), "ACTIVE");
  const auto towards = [&](const std::string& url) {
    auto asked = api_request(kName, url);
    EXPECT_TRUE(run(connections->authorize(asked))) << url;
    return asked.address_policy;
  };
  EXPECT_EQ(towards("https://wiki.corp.example.org/y"), http::AddressPolicy::kPublicOnly);
  EXPECT_EQ(towards("https://api.example/x"), http::AddressPolicy::kAnyAddress) << "the catalog names it";
  EXPECT_EQ(towards("https://wiki.corp.example.org/y"), http::AddressPolicy::kPublicOnly);
  options.allow_private = true;
  restart();
  EXPECT_EQ(towards("https://wiki.corp.example.org/y"), http::AddressPolicy::kAnyAddress);
}

TEST_F(Connect, OneRefusalDoesNotEndAKeyAndAFailedCheckDoes) {
  ASSERT_EQ(create(request()), "ACTIVE");
  EXPECT_EQ(ask(kName), "401");
  EXPECT_EQ(get(kName).state(), v1::Connection::ACTIVE);
  v1::ConnectionReport report;
  report.set_connection(kName);
  report.mutable_error()->set_error_class("AUTH");
  report.mutable_error()->set_reason("TOKEN_EXPIRED");
  ASSERT_TRUE(run(connections->record_check(report)));
  EXPECT_EQ(get(kName).state(), v1::Connection::NEEDS_REAUTHORIZATION);
  seen.clear();
  EXPECT_EQ(ask(kName), "CONNECTION_NEEDS_REAUTHORIZATION");
  EXPECT_TRUE(seen.empty());
}

TEST_F(Connect, ListsPageByPage) {
  for (const char* name : {"connections/a", "connections/b", "connections/c"})
    ASSERT_TRUE(create_with_token(name, "t"));
  v1::ListConnectionsRequest list;
  list.set_page_size(2);
  auto first = run(connections->list(list));
  ASSERT_TRUE(first);
  ASSERT_EQ(first->connections_size(), 2);
  list.set_page_token(first->next_page_token());
  auto second = run(connections->list(list));
  ASSERT_EQ(second->connections_size(), 1);
  EXPECT_EQ(second->connections(0).name(), "connections/c");
  EXPECT_EQ(second->next_page_token(), "");
}

} // namespace
} // namespace circuit::credentials::testing
