#include "feeds/hubspot_forms/provider.h"

#include <algorithm>

#include "feeds/hubspot_forms/account.h"
#include "feeds/hubspot_forms/client.h"
#include "feeds/hubspot_forms/feed.h"
#include "ingest/sync/connection.h"

namespace circuit::feeds::hubspot_forms {

std::string base_url(const v1::Connection& connection, const HubSpotFormsOptions& options) {
  return sync::base_url(connection, options.base_url, "https://api.hubapi.com");
}

Result<void> HubSpotFormsProvider::canonicalize(v1::Feed& feed) const {
  if (!feed.has_hubspot_forms()) {
    return make_error(ErrorClass::kInvalid, "HUBSPOT_SELECTION_MISSING", "The feed has no selection of forms",
                      "Set hubspot_forms; an empty one selects all forms of the account.")
        .with("field", "hubspot_forms");
  }
  auto& forms = *feed.mutable_hubspot_forms()->mutable_forms();
  for (const auto& form : forms) {
    if (is_form_id(form)) continue;
    return make_error(ErrorClass::kInvalid, "HUBSPOT_FORM_ID_MALFORMED",
                      "\"" + form.substr(0, 80) + "\" is no form's id",
                      "Use ids as Browse lists them, such as 3f2504e0-4f89-11d3-9a0c-0305e82c3301.")
        .with("field", "hubspot_forms.forms");
  }
  std::sort(forms.begin(), forms.end());
  forms.erase(std::unique(forms.begin(), forms.end()), forms.end());
  return {};
}

std::string HubSpotFormsProvider::identity(const v1::Feed& feed) const {
  std::string identity = feed.connection();
  for (const auto& form : feed.hubspot_forms().forms()) identity.append(1, '\0').append(form);
  if (feed.hubspot_forms().with_archived_forms()) identity.append(1, '\0').append("*archived");
  return identity;
}

std::unique_ptr<sync::Feed> HubSpotFormsProvider::make_feed(const v1::Feed& feed) const {
  return std::make_unique<HubSpotFormsFeed>(feed.hubspot_forms(), options_);
}

std::unique_ptr<sync::Account> HubSpotFormsProvider::make_account(const v1::Connection& connection) const {
  return std::make_unique<HubSpotAccount>(Client(base_url(connection, options_)), connection.name());
}

} // namespace circuit::feeds::hubspot_forms
