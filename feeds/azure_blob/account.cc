#include "feeds/azure_blob/account.h"

#include <algorithm>

#include "feeds/azure_blob/names.h"
#include "ingest/state/error_message.h"
#include "ingest/sync/connection.h"

namespace circuit::feeds::azure_blob {

namespace v1 = circuit::feeds::v1;

namespace {

bool says_why_it_fails(const Error& error) {
  return sync::is_about_the_credential(error) || error.reason == "AZURE_CLOCK_WRONG";
}

v1::ConnectionReport refused(v1::ConnectionReport report, const Error& error, bool is_sas) {
  *report.mutable_error() = circuit::state::to_message(error);
  if (is_sas && error.cls == ErrorClass::kPermission) {
    auto* missing = report.add_missing_scopes();
    missing->set_scope("sp=l");
    missing->set_purpose("to list containers and blobs");
    missing->set_capability("list");
  }
  return report;
}

constexpr int kMostItems = 1000;

int page_size(const v1::BrowseRequest& request) {
  constexpr int kUsual = 100;
  return request.page_size() > 0 ? std::min(request.page_size(), kMostItems) : kUsual;
}

} // namespace

Task<Result<v1::ConnectionReport>> AzureBlobAccount::check(sync::Api& api) {
  v1::ConnectionReport report;
  report.set_connection(connection_.name());
  const auto account = connection_.parameters().find("account");
  if (account != connection_.parameters().end()) report.set_account(account->second);
  const bool is_sas = connection_.method() == "sas";
  auto containers = co_await client_.containers(api, "", 1);
  if (!containers) {
    if (!says_why_it_fails(containers.error())) co_return std::move(containers).error();
    co_return refused(std::move(report), containers.error(), is_sas);
  }
  if (!containers->names.empty()) {
    Listing one;
    one.container = containers->names[0];
    one.page_size = 1;
    auto blobs = co_await client_.blobs(api, std::move(one));
    if (!blobs && says_why_it_fails(blobs.error()))
      co_return refused(std::move(report), blobs.error(), is_sas);
    if (!blobs && blobs.error().cls != ErrorClass::kNotFound) co_return std::move(blobs).error();
  } else {
    report.add_notes("The account has no containers.");
  }
  report.set_works(true);
  co_return report;
}

Task<Result<v1::BrowseResponse>> AzureBlobAccount::browse(sync::Api& api, v1::BrowseRequest request) {
  v1::BrowseResponse response;
  const auto add = [&](std::string id, const std::string& name, const char* kind) {
    if (name.find(request.query()) == std::string::npos) return;
    auto* item = response.add_items();
    item->set_id(std::move(id));
    item->set_display_name(name);
    item->set_kind(kind);
    item->set_has_children(true);
  };
  if (request.parent().empty()) {
    auto page = co_await client_.containers(api, request.page_token(), page_size(request));
    if (!page) co_return std::move(page).error();
    for (const auto& name : page->names) add(name, name, "container");
    response.set_next_page_token(page->next_marker);
    co_return response;
  }
  const size_t slash = std::min(request.parent().find('/'), request.parent().size());
  Listing listing;
  listing.container = request.parent().substr(0, slash);
  if (!is_container_name(listing.container)) {
    co_return make_error(ErrorClass::kInvalid, "AZURE_CONTAINER_NAME_INVALID",
                         "\"" + listing.container.substr(0, 80) + "\" is no container's name",
                         "Ask for what is in an item that Browse has listed.");
  }
  if (slash < request.parent().size()) listing.prefix = request.parent().substr(slash + 1);
  listing.delimiter = "/";
  listing.marker = request.page_token();
  listing.page_size = page_size(request);
  const std::string container = listing.container;
  auto page = co_await client_.blobs(api, std::move(listing));
  if (!page) co_return std::move(page).error();
  for (const auto& prefix : page->prefixes) {
    add(container + "/" + prefix, prefix, "prefix");
    if (response.items_size() == 0) continue;
    auto& item = *response.mutable_items(response.items_size() - 1);
    if (item.display_name() != prefix) continue;
    (*item.mutable_details())["container"] = container;
    (*item.mutable_details())["prefix"] = prefix;
  }
  response.set_next_page_token(page->next_marker);
  co_return response;
}

} // namespace circuit::feeds::azure_blob
