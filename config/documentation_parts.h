#pragma once
// Pieces of Markdown that the pages share. Private to documentation*.cc.

#include <string>
#include <vector>

#include "config/catalog.h"

namespace circuit::config {

std::string provider_page(const CatalogEntry& entry);                   // documentation_page.cc
std::string provider_summary(const std::vector<CatalogEntry>& catalog); // documentation_summary.cc

// Text for a table's cell.
std::string cell(const std::string& text);
std::string row(const std::vector<std::string>& cells);
std::string table(const std::vector<std::string>& heading);
std::string code(const std::string& text);
std::string joined(const std::vector<std::string>& texts, const std::string& separator);
// The name that the tables use: "Google Drive (feed)".
std::string table_name(const CatalogEntry& entry);
std::string show_place(const circuit::feeds::v1::ReviewPlace& place);

} // namespace circuit::config
