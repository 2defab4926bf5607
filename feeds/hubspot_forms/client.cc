#include "feeds/hubspot_forms/client.h"

#include <algorithm>
#include <utility>

#include "ingest/text/percent.h"

namespace circuit::feeds::hubspot_forms {
namespace {

Error status_error(int status, bool paged, const std::string& what) {
  const std::string said = "HubSpot answered " + std::to_string(status) + " to " + what;
  switch (status) {
    case 400:
    case 410:
      if (!paged) break;
      return make_error(ErrorClass::kInvalid, "HUBSPOT_PAGE_EXPIRED", said,
                        "Nothing to do: the listing is begun anew.");
    case 401:
      return make_error(ErrorClass::kAuth, "HUBSPOT_TOKEN_REFUSED", said,
                        "Check in HubSpot under Settings > Integrations > Private Apps that the app is still "
                        "there, and connect again with its current access token.");
    case 403:
      return make_error(ErrorClass::kPermission, "HUBSPOT_SCOPE_MISSING", said,
                        "Give the private app the scope \"forms\" (for files in submissions also "
                        "\"forms-uploaded-files\") and connect again with the new token.")
          .with("scope", "forms");
    case 404:
      return make_error(ErrorClass::kNotFound, "HUBSPOT_FORM_NOT_FOUND", said,
                        "Check the form's id; a form that was deleted cannot be read any more.");
    default:
      break;
  }
  if (status >= 500 || status == 408 || status == 423 || status == 429 || status == 477) {
    return make_error(ErrorClass::kTransient, "HUBSPOT_SERVER_ERROR", said,
                      "Nothing to do: it is tried again.");
  }
  return make_error(ErrorClass::kInvalid, "HUBSPOT_UNEXPECTED_STATUS", said,
                    "Check the connection's base_url; if it is right, report this.");
}

Task<Result<std::string>> get(sync::Api& api, std::string url, bool paged, std::string what) {
  http::Request request;
  request.url = std::move(url);
  request.headers.set("Accept", "application/json");
  request.patience = patience;
  auto response = co_await api.fetch(std::move(request));
  if (!response) co_return std::move(response).error();
  if (response->status != 200) co_return status_error(response->status, paged, what);
  co_return std::move(response->body);
}

} // namespace

bool is_form_id(std::string_view id) {
  constexpr size_t kLongest = 64;
  return !id.empty() && id.size() <= kLongest &&
         std::ranges::all_of(id, [](char c) { return text::is_unreserved(c) && c != '.' && c != '~'; });
}

Task<Result<FormsPage>> Client::forms(sync::Api& api, std::string after, bool archived, int limit) const {
  // Without formTypes=all only forms made in HubSpot's editor are listed, and captured ones are missed.
  std::string url = base_url_ + "/marketing/v3/forms?formTypes=all&limit=" + std::to_string(limit) +
                    "&archived=" + (archived ? "true" : "false");
  if (!after.empty()) url += "&after=" + text::percent_encoded(after);
  auto body = co_await get(api, std::move(url), !after.empty(), "the list of forms");
  if (!body) co_return std::move(body).error();
  co_return read_forms(*body);
}

Task<Result<Form>> Client::form(sync::Api& api, std::string id) const {
  const std::string url = base_url_ + "/marketing/v3/forms/" + id;
  auto body = co_await get(api, url, false, "form " + id);
  if (!body && body.error().cls == ErrorClass::kNotFound) { // an archived one is found only as such
    body = co_await get(api, url + "?archived=true", false, "form " + id);
  }
  if (!body) co_return std::move(body).error();
  co_return read_form(*body);
}

Task<Result<SubmissionsPage>> Client::submissions(sync::Api& api, std::string form, std::string after,
                                                  int limit) const {
  std::string url =
      base_url_ + "/form-integrations/v1/submissions/forms/" + form + "?limit=" + std::to_string(limit);
  if (!after.empty()) url += "&after=" + text::percent_encoded(after);
  auto body = co_await get(api, std::move(url), !after.empty(), "the submissions of form " + form);
  if (!body) co_return std::move(body).error();
  co_return read_submissions(*body);
}

} // namespace circuit::feeds::hubspot_forms
