#pragma once
// Submissions to documents. Pure; any thread.

#include <string>

#include "circuit/feeds/v1/document.pb.h"
#include "feeds/hubspot_forms/raw.h"

namespace circuit::feeds::hubspot_forms {

// "{form}/{conversion id}", or, where there is none, a hash of all that the submission says.
std::string external_id(const std::string& form, const Submission& submission);

// Changes when the document would: with the submission, and with the form's name and labels.
std::string version(const Form& form, const Submission& submission);

// Text: a line for each field, by its label, in the order of the form. Carries personal data, and says so.
// A text longer than `max_text_bytes` is cut, and says so.
circuit::feeds::v1::Document normalize(const Form& form, const Submission& submission,
                                       uint64_t max_text_bytes);

} // namespace circuit::feeds::hubspot_forms
