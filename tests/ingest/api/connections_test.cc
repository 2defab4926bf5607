// The Connections service, from a RemoteControl through a Server to a Control and back.

#include <gmock/gmock.h>

#include "ingest/accounts/confidential.h"
#include "tests/ingest/api/worker_fixture.h"

namespace circuit::api {
namespace {

class ConnectionCalls : public WorkerTest {};

TEST_F(ConnectionCalls, EveryCallReachesItsOwnOperation) {
  const auto connection_named = [](const std::string& name) {
    v1::Connection connection;
    connection.set_name(name);
    return ready<v1::Connection>(connection);
  };
  control_.on_create_connection = [=](v1::CreateConnectionRequest r) {
    return connection_named("created with " + r.secrets().values().at("token"));
  };
  control_.on_start_authorization = [](v1::StartAuthorizationRequest r) {
    v1::StartAuthorizationResponse response;
    response.set_authorization_url("from " + r.redirect_uri());
    return ready<v1::StartAuthorizationResponse>(response);
  };
  control_.on_finish_authorization = [=](v1::FinishAuthorizationRequest r) {
    return connection_named("came to " + r.redirect_url());
  };
  control_.on_get_connection = [=](v1::GetConnectionRequest r) {
    return connection_named("got " + r.name());
  };
  control_.on_list_connections = [](v1::ListConnectionsRequest r) {
    v1::ListConnectionsResponse page;
    page.set_next_page_token("connections of " + r.provider());
    return ready<v1::ListConnectionsResponse>(page);
  };
  control_.on_check_connection = [](v1::CheckConnectionRequest r) {
    v1::ConnectionReport report;
    report.set_connection("checked " + r.name());
    return ready<v1::ConnectionReport>(report);
  };
  control_.on_approval_help = [](v1::GetConnectionRequest r) {
    v1::SyncError help;
    help.set_message("help for " + r.name());
    return ready<v1::SyncError>(help);
  };
  control_.on_browse = [](v1::BrowseRequest r) {
    v1::BrowseResponse page;
    page.add_items()->set_id("in " + r.parent());
    return ready<v1::BrowseResponse>(page);
  };
  control_.on_delete_connection = [](v1::DeleteConnectionRequest r) {
    v1::DeleteConnectionResponse response;
    response.set_where_to_revoke("deleted " + r.name());
    return ready<v1::DeleteConnectionResponse>(response);
  };
  ASSERT_NO_FATAL_FAILURE(serve_and_connect());

  v1::CreateConnectionRequest create;
  (*create.mutable_secrets()->mutable_values())["token"] = "t";
  EXPECT_EQ(thread_.run(remote_->create_connection(create))->name(), "created with t");
  v1::StartAuthorizationRequest start;
  start.set_redirect_uri("http://127.0.0.1/");
  EXPECT_EQ(thread_.run(remote_->start_authorization(start))->authorization_url(), "from http://127.0.0.1/");
  v1::FinishAuthorizationRequest finish;
  finish.set_redirect_url("u");
  EXPECT_EQ(thread_.run(remote_->finish_authorization(finish))->name(), "came to u");
  v1::GetConnectionRequest get;
  get.set_name("c");
  EXPECT_EQ(thread_.run(remote_->get_connection(get))->name(), "got c");
  EXPECT_EQ(thread_.run(remote_->approval_help(get))->message(), "help for c");
  v1::ListConnectionsRequest list;
  list.set_provider("p");
  EXPECT_EQ(thread_.run(remote_->list_connections(list))->next_page_token(), "connections of p");
  v1::CheckConnectionRequest check;
  check.set_name("c");
  EXPECT_EQ(thread_.run(remote_->check_connection(check))->connection(), "checked c");
  v1::BrowseRequest browse;
  browse.set_parent("x");
  EXPECT_EQ(thread_.run(remote_->browse(browse))->items(0).id(), "in x");
  v1::DeleteConnectionRequest remove;
  remove.set_name("c");
  EXPECT_EQ(thread_.run(remote_->delete_connection(remove))->where_to_revoke(), "deleted c");
}

TEST_F(ConnectionCalls, WhatAnAdministratorHasToDoTravelsAsMetadata) {
  control_.on_finish_authorization = [](v1::FinishAuthorizationRequest) {
    Error error = make_error(ErrorClass::kAdminApproval, "ADMIN_APPROVAL_REQUIRED",
                             "An administrator must act", "Ask one.");
    error.metadata = {{"role", "Cloud Application Administrator"},
                      {"console", "https://entra.example.test"},
                      {"consent_url", "https://login.example.test/adminconsent?client_id=abc"},
                      {"scopes", "Files.Read offline_access"}};
    return ready<v1::Connection>(error);
  };
  ASSERT_NO_FATAL_FAILURE(serve_and_connect());
  const auto answer = thread_.run(remote_->finish_authorization({}));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().cls, ErrorClass::kAdminApproval);
  EXPECT_EQ(answer.error().metadata.at("role"), "Cloud Application Administrator");
  EXPECT_EQ(answer.error().metadata.at("consent_url"),
            "https://login.example.test/adminconsent?client_id=abc");
  EXPECT_EQ(answer.error().metadata.at("scopes"), "Files.Read offline_access");
}

TEST(Confidential, SecretsOfARequestAreOverwrittenWhereTheyLie) {
  v1::CreateConnectionRequest request;
  std::string& value = (*request.mutable_secrets()->mutable_values())["token"];
  value = "a-secret-that-is-long-enough-to-be-on-the-heap";
  const char* bytes = value.data();
  const size_t size = value.size();
  accounts::wipe_secrets(request);
  EXPECT_EQ(request.secrets().values().at("token"), "");
  // The string keeps its room, so the bytes may be looked at.
  ASSERT_GE(value.capacity(), size);
  EXPECT_THAT(std::string(bytes, size), testing::Not(testing::HasSubstr("secret")));

  v1::FinishAuthorizationRequest finish;
  finish.set_redirect_url("http://127.0.0.1:1/?code=secret");
  accounts::wipe_secrets(finish);
  EXPECT_EQ(finish.redirect_url(), "");
}

} // namespace
} // namespace circuit::api
