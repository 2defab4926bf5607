#pragma once
// HubSpot's endpoints, and what their answers mean.
//
//   forms        GET /marketing/v3/forms             HubSpot: Marketing / Forms v3
//   submissions  GET /form-integrations/v1/submissions/forms/{form}
//                HubSpot: legacy Forms v1. Newest first, at most 50 a page, no filter by time, no total
//
// Errors are the transport's, and:
//   AUTH        HUBSPOT_TOKEN_REFUSED (401)
//   PERMISSION  HUBSPOT_SCOPE_MISSING (403)
//   NOT_FOUND   HUBSPOT_FORM_NOT_FOUND (404)
//   INVALID     HUBSPOT_PAGE_EXPIRED (400 for a page token), HUBSPOT_UNEXPECTED_STATUS
//   TRANSIENT   HUBSPOT_SERVER_ERROR (408, 5xx, a limit that lasted), HUBSPOT_BAD_ANSWER
//
// Any thread; requests on the loop of their Api.

#include <string>

#include "feeds/hubspot_forms/raw.h"
#include "ingest/sync/pull.h"

namespace circuit::feeds::hubspot_forms {

class Client {
 public:
  // `base_url` without a slash at its end.
  explicit Client(std::string base_url) : base_url_(std::move(base_url)) {}

  Task<Result<FormsPage>> forms(sync::Api& api, std::string after, bool archived, int limit) const;
  Task<Result<Form>> form(sync::Api& api, std::string id) const;
  Task<Result<SubmissionsPage>> submissions(sync::Api& api, std::string form, std::string after,
                                            int limit) const;

 private:
  std::string base_url_;
};

// Answers of 200; TRANSIENT HUBSPOT_BAD_ANSWER where it is none. (answers.cc)
Result<FormsPage> read_forms(std::string_view body);
Result<Form> read_form(std::string_view body);
Result<SubmissionsPage> read_submissions(std::string_view body);

// How long HubSpot wants to be left alone: 429 with its policy, 423, 477, and Cloudflare's 52x. (patience.cc)
std::optional<Duration> patience(const http::Response& response, SystemTime now);

// What may stand in a request's path.
bool is_form_id(std::string_view id);

} // namespace circuit::feeds::hubspot_forms
