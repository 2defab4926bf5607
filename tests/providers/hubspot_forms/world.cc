#include "tests/providers/hubspot_forms/world.h"

#include <algorithm>

#include "tests/providers/hubspot_forms/shapes.h"

namespace circuit::providers::hubspot_forms {
namespace {

constexpr uint64_t kFormKind = 0xf0;
constexpr uint64_t kConversionKind = 0xc0;

bool is_newer(const Place& a, const Place& b) {
  return a.submitted_at_ms != b.submitted_at_ms ? a.submitted_at_ms > b.submitted_at_ms : a.order > b.order;
}

Place place_of(const SimSubmission& submission) { return {submission.submitted_at_ms, submission.order}; }

} // namespace

size_t World::add_form(const std::string& type) {
  const size_t index = forms_.size();
  SimForm form;
  form.id = uuid(seed_, kFormKind, index);
  form.name = "Form " + std::to_string(index);
  form.type = type;
  forms_.push_back(std::move(form));
  newest_first_.emplace_back();
  return index;
}

size_t World::add_submission(size_t form, SystemTime submitted_at, std::string text) {
  const size_t index = submissions_.size();
  SimSubmission submission;
  submission.form = form;
  submission.conversion_id = uuid(seed_, kConversionKind, index);
  submission.submitted_at_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(submitted_at.time_since_epoch()).count();
  submission.order = index;
  submission.marker = "marker" + std::to_string(index) + "x";
  submission.text = std::move(text);
  auto& all = newest_first_.at(form);
  const auto at = std::ranges::lower_bound(all, place_of(submission), is_newer,
                                           [this](size_t other) { return place_of(submissions_[other]); });
  all.insert(at, index);
  submissions_.push_back(std::move(submission));
  return index;
}

World::Page World::page(size_t form, std::optional<Place> after, size_t limit) const {
  const auto& all = newest_first_.at(form);
  auto at = all.begin();
  if (after)
    at = std::ranges::upper_bound(all, *after, is_newer,
                                  [this](size_t index) { return place_of(submissions_[index]); });
  Page page;
  for (; at != all.end(); ++at) {
    const SimSubmission& submission = submissions_[*at];
    if (submission.erased) continue;
    page.more = page.submissions.size() == limit;
    if (page.more) break;
    page.submissions.push_back(&submission);
  }
  return page;
}

} // namespace circuit::providers::hubspot_forms
