#pragma once
// Submissions to documents. Pure; any thread.

#include <string>

#include "circuit/feeds/v1/document.pb.h"
#include "feeds/hubspot_forms/raw.h"

namespace circuit::feeds::hubspot_forms {

// "{form}/{conversion id}", or, where there is none that looks like an id, a hash of all that the submission
// says.
std::string external_id(const std::string& form, const Submission& submission);

// Of all that a form gives its submissions' documents: its name, its fields, their labels and options.
std::string form_digest(const Form& form);

// Changes when the document would: with the submission, and with its form.
std::string version(const std::string& form_digest, const Submission& submission);

// Text: a line for each field, by its label, in the order of the form; choices by the labels that people saw.
// Carries personal data, and says so. A text longer than `max_text_bytes` is cut, and says so.
circuit::feeds::v1::Document normalize(const Form& form, const Submission& submission,
                                       uint64_t max_text_bytes);

} // namespace circuit::feeds::hubspot_forms
