#pragma once
// Reads the submissions of forms. HubSpot lists them newest first and has no filter by time, so each form is
// walked from its newest submission down to the watermark of the walk before; the watermark moves when the
// walk has reached it, and not before, so that an interrupted walk leaves no gap.
//
// Submissions may be backdated by up to a month, so a deeper walk goes on below the watermark once a day.
// There is no sign of a deletion (a contact that was erased takes its submissions along), so a walk to the
// very end finds them once a week.
//
// A form that cannot be read is that form's trouble, and the others are read. One that the list does not name
// is asked for by its id before its submissions go: a list that shifts while it is read passes one over.
//
// The page after the one that is delivered is read ahead, and the first page of the next form, where it is
// certain that they will be delivered: requests count against a daily limit, and a walk that ends asks for
// nothing beyond its end.

#include <optional>
#include <string>
#include <vector>

#include "feeds/hubspot_forms/client.h"
#include "feeds/hubspot_forms/provider.h"
#include "ingest/sync/pull.h"
#include "ingest/sync/read_ahead.h"
#include "ingest/sync/troubles.h"

namespace circuit::feeds::hubspot_forms {

class HubSpotFormsFeed final : public sync::Feed {
 public:
  HubSpotFormsFeed(v1::HubSpotFormsSelection selection, HubSpotFormsOptions options)
      : selection_(std::move(selection)), options_(std::move(options)) {}

  Task<void> pull(sync::Pull& pull) override;

 private:
  using FormCursor = circuit::feeds::state::v1::HubSpotFormsCursor;
  using Walk = circuit::feeds::state::v1::HubSpotFormsWalk;

  // What the tasks of one sync share.
  struct Reading {
    sync::Pull& pull;
    const Client& client;
    sync::ReadAhead<Result<SubmissionsPage>>& pages;
  };
  // A form whose walk has begun: its next page is being read.
  struct FormWalk {
    Form form;
    FormCursor at;
    bool goes_on = false;
  };

  Task<void> read_forms(Reading reading);
  Task<void> read_all_forms(Reading reading, bool archived);
  Task<void> read_selected_forms(Reading reading);
  Task<FormWalk> open(Reading reading, Form form);
  // Takes the form, where there is one.
  Task<std::optional<FormWalk>> open_next(Reading reading, std::optional<Form>* next);
  // `next`: the form after it, which is opened before the last page of this one is delivered.
  Task<std::optional<FormWalk>> walk_form(Reading reading, FormWalk at, std::optional<Form> next);
  Task<bool> read_page(sync::Pull& pull, const Form& form, const SubmissionsPage& page);
  Task<void> forget_unlisted_forms(Reading reading);
  Task<bool> is_gone(Reading reading, std::string form);
  Walk begin_walk(const sync::Pull& pull, const FormCursor& at) const;
  void read_ahead(Reading reading, const std::string& form, const std::string& after) const;

  v1::HubSpotFormsSelection selection_;
  HubSpotFormsOptions options_;
  std::vector<std::string> listed_; // ids, in order: all of the account, which are few beside submissions
  bool all_listed_ = true;
  sync::Troubles troubles_;
};

} // namespace circuit::feeds::hubspot_forms
