#include "tests/providers/hubspot_forms/world.h"

#include <algorithm>
#include <cstdio>

namespace circuit::providers::hubspot_forms {
namespace {

// As HubSpot's ids look: a UUID, here made of numbers that tell what it is.
std::string uuid(uint64_t seed, uint64_t kind, uint64_t number) {
  char out[40];
  std::snprintf(out, sizeof out, "%08x-%04x-4000-8000-%012llx", static_cast<unsigned>(seed),
                static_cast<unsigned>(kind), static_cast<unsigned long long>(number));
  return out;
}

} // namespace

size_t World::add_form(const std::string& type) {
  const size_t index = forms_.size();
  forms_.push_back({uuid(seed_, 0xf0, index), "Form " + std::to_string(index), type});
  return index;
}

size_t World::add_submission(size_t form, SystemTime submitted_at, std::string text) {
  const size_t index = submissions_.size();
  SimSubmission submission;
  submission.form = form;
  submission.conversion_id = uuid(seed_, 0xc0, index);
  submission.submitted_at_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(submitted_at.time_since_epoch()).count();
  submission.order = index;
  submission.marker = "marker" + std::to_string(index) + "x";
  submission.text = std::move(text);
  submissions_.push_back(std::move(submission));
  return index;
}

std::vector<const SimSubmission*> World::newest_first(size_t form) const {
  std::vector<const SimSubmission*> out;
  for (const auto& submission : submissions_) {
    if (submission.form == form && !submission.erased) out.push_back(&submission);
  }
  std::ranges::sort(out, [](const SimSubmission* a, const SimSubmission* b) {
    if (a->submitted_at_ms != b->submitted_at_ms) return a->submitted_at_ms > b->submitted_at_ms;
    return a->order > b->order;
  });
  return out;
}

} // namespace circuit::providers::hubspot_forms
