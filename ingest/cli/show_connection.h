#pragma once
// How connections look: one in fields, many in a table, or JSON; and what an administrator has to do.

#include "circuit/feeds/v1/services.pb.h"
#include "ingest/cli/show.h"

namespace circuit::cli {

void show_connection(const circuit::feeds::v1::Connection& connection, bool json);
TableRow connection_heading();
TableRow connection_row(const circuit::feeds::v1::Connection& connection);
void show_report(const circuit::feeds::v1::ConnectionReport& report, bool json);
void show_approval_help(const circuit::feeds::v1::SyncError& help, bool json);
void show_deletion(const std::string& connection,
                   const circuit::feeds::v1::DeleteConnectionResponse& response, bool json);
TableRow browse_heading();
TableRow browse_row(const circuit::feeds::v1::BrowseItem& item);

} // namespace circuit::cli
