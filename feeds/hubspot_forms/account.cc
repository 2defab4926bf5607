#include "feeds/hubspot_forms/account.h"

#include <algorithm>

#include "ingest/state/error_message.h"
#include "ingest/sync/connection.h"

namespace circuit::feeds::hubspot_forms {

namespace v1 = circuit::feeds::v1;

namespace {

v1::ConnectionReport refused(v1::ConnectionReport report, const Error& error, const char* purpose) {
  *report.mutable_error() = circuit::state::to_message(error);
  if (error.cls == ErrorClass::kPermission) {
    auto* missing = report.add_missing_scopes();
    missing->set_scope("forms");
    missing->set_purpose(purpose);
    missing->set_capability("forms");
  }
  return report;
}

} // namespace

Task<Result<v1::ConnectionReport>> HubSpotAccount::check(sync::Api& api) {
  v1::ConnectionReport report;
  report.set_connection(connection_);
  auto forms = co_await client_.forms(api, "", false, 1);
  if (!forms) {
    if (!sync::is_about_the_credential(forms.error())) co_return std::move(forms).error();
    co_return refused(std::move(report), forms.error(), "to list the account's forms");
  }
  if (!forms->forms.empty()) {
    auto submissions = co_await client_.submissions(api, forms->forms[0].id, "", 1);
    if (!submissions && sync::is_about_the_credential(submissions.error()))
      co_return refused(std::move(report), submissions.error(), "to read what people submitted");
    if (!submissions && submissions.error().cls != ErrorClass::kNotFound)
      co_return std::move(submissions).error();
  } else {
    report.add_notes("The account has no forms, so whether submissions may be read is not known yet.");
  }
  report.set_works(true);
  co_return report;
}

Task<Result<v1::BrowseResponse>> HubSpotAccount::browse(sync::Api& api, v1::BrowseRequest request) {
  v1::BrowseResponse response;
  if (!request.parent().empty()) co_return response; // forms hold nothing that can be selected
  constexpr int kMost = 50;
  const int limit = request.page_size() > 0 ? std::min(request.page_size(), kMost) : kMost;
  auto page = co_await client_.forms(api, request.page_token(), false, limit);
  if (!page) co_return std::move(page).error();
  for (const Form& form : page->forms) {
    if (form.name.find(request.query()) == std::string::npos) continue;
    auto* item = response.add_items();
    item->set_id(form.id);
    item->set_display_name(form.name);
    item->set_kind("form");
    (*item->mutable_details())["form_type"] = form.type;
  }
  response.set_next_page_token(page->after);
  co_return response;
}

} // namespace circuit::feeds::hubspot_forms
