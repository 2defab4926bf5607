#include "feeds/hubspot_forms/normalize.h"

#include <algorithm>
#include <chrono>

#include "feeds/hubspot_forms/client.h"
#include "ingest/runtime/digest.h"
#include "ingest/text/charset.h"
#include "ingest/text/plain_text.h"

namespace circuit::feeds::hubspot_forms {
namespace {

namespace v1 = circuit::feeds::v1;

// Length-prefixed, so that no two lists of parts look alike.
void add_part(std::string& out, std::string_view part) {
  out += std::to_string(part.size());
  out += ':';
  out += part;
}

std::string all_of(const Submission& submission) {
  std::string out;
  add_part(out, submission.conversion_id);
  add_part(out, std::to_string(submission.submitted_at_ms));
  add_part(out, submission.page_url);
  for (const auto& value : submission.values) {
    add_part(out, value.object_type_id);
    add_part(out, value.name);
    add_part(out, value.value);
  }
  return out;
}

const Field* find_field(const Form& form, const SubmittedValue& value) {
  const Field* by_name = nullptr;
  for (const auto& field : form.fields) {
    if (field.name != value.name) continue;
    if (field.object_type_id == value.object_type_id) return &field;
    by_name = &field;
  }
  return by_name;
}

struct Answer {
  const Field* field; // null: the form does not have it any more
  std::string name;
  std::vector<std::string> values; // by their labels, where the field has options
};

const Option* find_option(const Field& field, std::string_view value) {
  const auto found = std::ranges::find(field.options, value, &Option::value);
  return found == field.options.end() ? nullptr : &*found;
}

// One for each choice: several of them come as a value each, or as one value with semicolons.
void add_values(std::vector<std::string>& out, const Field* field, const std::string& value) {
  if (field == nullptr || field->options.empty()) return out.push_back(value);
  const bool is_several = field->type == "multiple_checkboxes" && find_option(*field, value) == nullptr;
  std::string_view rest = value;
  for (;;) {
    const std::string_view one = is_several ? rest.substr(0, rest.find(';')) : rest;
    const Option* option = find_option(*field, one);
    out.emplace_back(option != nullptr && !option->label.empty() ? option->label : one);
    if (one.size() == rest.size()) return;
    rest.remove_prefix(one.size() + 1);
  }
}

// One for each field, in the order of the form, those that it does not know last.
std::vector<Answer> answers_of(const Form& form, const Submission& submission) {
  std::vector<Answer> answers;
  for (const auto& value : submission.values) {
    const Field* field = find_field(form, value);
    auto same = std::ranges::find_if(answers, [&](const Answer& answer) {
      return field != nullptr ? answer.field == field : answer.field == nullptr && answer.name == value.name;
    });
    if (same == answers.end()) same = answers.insert(same, {field, value.name, {}});
    add_values(same->values, field, value.value);
  }
  // Pointers into one vector compare in its order.
  std::ranges::stable_sort(answers, [](const Answer& a, const Answer& b) {
    if (a.field == nullptr || b.field == nullptr) return a.field != nullptr && b.field == nullptr;
    return a.field < b.field;
  });
  return answers;
}

const std::string& label_of(const Answer& answer) {
  return answer.field != nullptr && !answer.field->label.empty() ? answer.field->label : answer.name;
}

bool is_address(const Answer& answer) {
  return answer.name == "email" || (answer.field != nullptr && answer.field->type == "email");
}

bool looks_like_url(std::string_view text) {
  return text.starts_with("https://") || text.starts_with("http://");
}

std::string name_of(const std::vector<Answer>& answers) {
  std::string name;
  for (const char* part : {"firstname", "lastname"}) {
    for (const auto& answer : answers) {
      if (answer.name != part || answer.values[0].empty()) continue;
      if (!name.empty()) name += ' ';
      name += answer.values[0];
    }
  }
  return name;
}

std::string text_of(const std::vector<Answer>& answers) {
  std::string text;
  for (const auto& answer : answers) {
    if (!text.empty()) text += "\n\n";
    text += "**";
    text::append_plain_line(text, label_of(answer));
    text += ":** ";
    for (size_t i = 0; i < answer.values.size(); ++i) {
      if (i > 0) text += ", ";
      text::append_plain_text(text, answer.values[i]); // what people typed is text, not markup
    }
  }
  return text.empty() ? "(an empty submission)" : text;
}

void add_files(v1::Document& document, const std::vector<Answer>& answers) {
  for (const auto& answer : answers) {
    if (answer.field == nullptr || answer.field->type != "file") continue;
    for (const auto& value : answer.values) {
      if (!looks_like_url(value)) continue;
      auto* attachment = document.add_attachments();
      attachment->set_url(value);
      attachment->set_title(label_of(answer));
    }
  }
}

// Who it says that it is from; anybody may have typed anything.
void add_author(v1::Document& document, const std::vector<Answer>& answers) {
  constexpr size_t kLongestName = 200;
  constexpr size_t kLongestAddress = 320; // RFC 5321: 64 octets, "@", 255
  const std::string full_name = name_of(answers);
  const std::string name(text::truncate_utf8(full_name, kLongestName));
  const auto address = std::ranges::find_if(answers, [](const Answer& answer) {
    return is_address(answer) && !answer.values[0].empty() && answer.values[0].size() <= kLongestAddress;
  });
  if (name.empty() && address == answers.end()) return;
  auto* author = document.add_authors();
  author->set_name(name);
  if (address != answers.end()) author->set_email(address->values[0]);
}

void set_time(v1::Document& document, int64_t ms) {
  constexpr int64_t kYear2200 = 7'258'118'400'000;
  if (ms <= 0 || ms >= kYear2200) return;
  document.mutable_created_at()->set_seconds(ms / 1000);
  document.mutable_created_at()->set_nanos(static_cast<int32_t>(ms % 1000) * 1'000'000);
  *document.mutable_updated_at() = document.created_at();
}

} // namespace

std::string external_id(const std::string& form, const Submission& submission) {
  if (is_form_id(submission.conversion_id)) return form + "/" + submission.conversion_id;
  return form + "/sha256-" + to_hex(sha256(all_of(submission)));
}

std::string form_digest(const Form& form) {
  std::string all;
  add_part(all, form.name);
  for (const auto& field : form.fields) {
    add_part(all, field.object_type_id);
    add_part(all, field.name);
    add_part(all, field.label);
    add_part(all, field.type);
    add_part(all, std::to_string(field.options.size()));
    for (const auto& option : field.options) {
      add_part(all, option.value);
      add_part(all, option.label);
    }
  }
  return sha256(all);
}

std::string version(const std::string& form_digest, const Submission& submission) {
  constexpr size_t kBytes = 16;
  return to_hex(sha256(all_of(submission) + form_digest).substr(0, kBytes));
}

v1::Document normalize(const Form& form, const Submission& submission, uint64_t max_text_bytes) {
  v1::Document document;
  document.set_external_id(external_id(form.id, submission));
  document.set_parent_id(form.id);
  document.add_path(form.name);
  document.set_mime_type("application/json");
  // What one account's users may see of forms is not said per form.
  document.mutable_permissions()->set_visibility(v1::Permissions::UNKNOWN);
  set_time(document, submission.submitted_at_ms);
  const std::vector<Answer> answers = answers_of(form, submission);
  const std::string text = text_of(answers);
  document.set_text_truncated(text.size() > max_text_bytes);
  document.set_text(std::string(text::truncate_utf8(text, max_text_bytes)));
  add_files(document, answers);
  add_author(document, answers);
  document.set_title(form.name);
  if (document.authors_size() > 0) {
    const auto& author = document.authors(0);
    document.set_title(form.name + ": " + (author.name().empty() ? author.email() : author.name()));
  }
  auto& metadata = *document.mutable_metadata();
  metadata["hubspot.form_id"] = form.id;
  metadata["hubspot.form_name"] = form.name;
  if (!form.type.empty()) metadata["hubspot.form_type"] = form.type;
  if (!submission.conversion_id.empty()) metadata["hubspot.conversion_id"] = submission.conversion_id;
  if (!submission.page_url.empty()) metadata["hubspot.page_url"] = submission.page_url;
  metadata["content.personal_data"] = "true";
  return document;
}

} // namespace circuit::feeds::hubspot_forms
