#pragma once
// Reads the submissions of forms. HubSpot lists them newest first and has no filter by time, so each form is
// walked from its newest submission down to the watermark of the walk before; the watermark moves when the
// walk has reached it, and not before, so that an interrupted walk leaves no gap.
//
// Submissions may be backdated by up to a month, so a deeper walk goes on below the watermark once a day.
// There is no sign of a deletion (a contact that was erased takes its submissions along), so a walk to the
// very end finds them once a week.

#include <string>

#include "feeds/hubspot_forms/client.h"
#include "feeds/hubspot_forms/provider.h"
#include "ingest/sync/pull.h"

namespace circuit::feeds::hubspot_forms {

class HubSpotFormsFeed final : public sync::Feed {
 public:
  HubSpotFormsFeed(v1::HubSpotFormsSelection selection, HubSpotFormsOptions options)
      : selection_(std::move(selection)), options_(std::move(options)) {}

  Task<void> pull(sync::Pull& pull) override;

 private:
  using FormCursor = circuit::feeds::state::v1::HubSpotFormsCursor;
  using Walk = circuit::feeds::state::v1::HubSpotFormsWalk;

  Task<void> read_all_forms(sync::Pull& pull, const Client& client, bool archived);
  Task<void> read_selected_forms(sync::Pull& pull, const Client& client);
  Task<void> walk_form(sync::Pull& pull, const Client& client, Form form);
  Task<bool> read_page(sync::Pull& pull, const Form& form, const SubmissionsPage& page);
  Task<void> forget_unlisted_forms(sync::Pull& pull);
  Walk begin_walk(const sync::Pull& pull, const FormCursor& at) const;

  v1::HubSpotFormsSelection selection_;
  HubSpotFormsOptions options_;
  std::vector<std::string> listed_; // ids, in order: all of the account, which are few beside submissions
  bool all_listed_ = true;
};

} // namespace circuit::feeds::hubspot_forms
