#include "ingest/cli/show_connection.h"

#include <cstdio>
#include <map>

#include "ingest/cli/output.h"

namespace circuit::cli {

namespace v1 = circuit::feeds::v1;

namespace {

template <class Texts>
std::string joined(const Texts& texts, const char* separator = ", ") {
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : separator) + text;
  return out;
}

std::string pairs(const google::protobuf::Map<std::string, std::string>& map) {
  const std::map<std::string, std::string> sorted(map.begin(), map.end());
  std::string out;
  for (const auto& [name, value] : sorted) out += (out.empty() ? "" : ", ") + name + "=" + value;
  return out;
}

std::string told(const v1::SyncError& error) {
  if (error.reason().empty() && error.message().empty()) return "";
  return error.message() + " [" + error.error_class() + " " + error.reason() + "]";
}

std::string state_name(const v1::Connection& connection) {
  return v1::Connection::State_Name(connection.state());
}

} // namespace

void show_connection(const v1::Connection& connection, bool json) {
  if (json) return print_json(connection);
  print_fields({{"connection", connection.name()},
                {"provider", connection.provider()},
                {"method", connection.method()},
                {"account", connection.account()},
                {"state", state_name(connection)},
                {"because", told(connection.state_error())},
                {"next", connection.state_error().next_step()},
                {"parameters", pairs(connection.parameters())},
                {"properties", pairs(connection.properties())},
                {"capabilities", joined(connection.capabilities())},
                {"scopes", joined(connection.granted_scopes())},
                {"authorized", show_time(connection.authorized_at())},
                {"refreshed", show_time(connection.refreshed_at())},
                {"token ends", show_time(connection.expires_at())},
                {"next refresh", show_time(connection.next_refresh_at())},
                {"failed refreshes",
                 connection.refresh_failures() == 0 ? "" : show_count(connection.refresh_failures())},
                {"labels", pairs(connection.labels())}});
}

TableRow connection_heading() {
  return {"CONNECTION", "PROVIDER", "METHOD", "ACCOUNT", "STATE", "TOKEN ENDS"};
}

TableRow connection_row(const v1::Connection& connection) {
  return {connection.name(),    connection.provider(),  connection.method(),
          connection.account(), state_name(connection), show_time(connection.expires_at())};
}

void show_report(const v1::ConnectionReport& report, bool json) {
  if (json) return print_json(report);
  print_fields({{"connection", report.connection()},
                {"works", report.works() ? "yes" : "no"},
                {"because", told(report.error())},
                {"next", report.error().next_step()},
                {"account", report.account()},
                {"scopes", joined(report.granted_scopes())},
                {"credential ends", show_time(report.credential_expires_at())}});
  for (const auto& missing : report.missing_scopes()) {
    std::printf("missing: %s, %s\n", printable(missing.scope()).c_str(),
                printable(missing.purpose()).c_str());
  }
  for (const auto& note : report.notes()) std::printf("note: %s\n", printable(note).c_str());
}

void show_approval_help(const v1::SyncError& help, bool json) {
  if (json) return print_json(help);
  std::printf("%s.\n%s\n\n", printable(help.message()).c_str(), printable(help.next_step()).c_str());
  const std::map<std::string, std::string> sorted(help.metadata().begin(), help.metadata().end());
  const std::vector<std::pair<std::string, std::string>> fields(sorted.begin(), sorted.end());
  print_fields(fields);
}

void show_deletion(const std::string& connection, const v1::DeleteConnectionResponse& response, bool json) {
  if (json) return print_json(response);
  std::printf("%s is disconnected; its credential is destroyed.\n", printable(connection).c_str());
  if (response.retracted_documents() > 0) {
    std::printf("Removals of %s documents were delivered.\n",
                show_count(response.retracted_documents()).c_str());
  }
  const std::string where = printable(response.where_to_revoke());
  switch (response.revocation()) {
    case v1::DeleteConnectionResponse::REVOKED:
      std::printf("The provider has revoked the grant.\n");
      break;
    case v1::DeleteConnectionResponse::REVOKE_FAILED:
      std::printf(
          "The provider has not confirmed that the grant is gone: %s\n"
          "It is asked again until %s, while `serve` runs.%s%s\n",
          printable(told(response.revocation_error())).c_str(), show_time(response.retry_until()).c_str(),
          where.empty() ? "" : " Or revoke it by hand: ", where.c_str());
      break;
    default:
      std::printf("The provider keeps the grant, since it cannot be revoked from here.%s%s\n",
                  where.empty() ? "" : " Revoke it there: ", where.c_str());
  }
}

TableRow browse_heading() { return {"ID", "NAME", "KIND", "MORE"}; }

TableRow browse_row(const v1::BrowseItem& item) {
  return {item.id(), item.display_name(), item.kind(), item.has_children() ? "yes" : ""};
}

} // namespace circuit::cli
