#include "tests/providers/hubspot_forms/shapes.h"

#include <cstdio>

namespace circuit::providers::hubspot_forms {
namespace {

namespace json = boost::json;

constexpr const char* kCreated = "2026-01-01T00:00:00.000Z";

json::object field(const char* name, const char* label, const char* type) {
  return {{"objectTypeId", "0-1"},
          {"name", name},
          {"label", label},
          {"required", false},
          {"hidden", false},
          {"fieldType", type},
          {"dependentFields", json::array()}};
}

json::object option(const char* value, const char* label, int order) {
  return {{"label", label}, {"value", value}, {"displayOrder", order}};
}

json::object choice(const char* name, const char* label, const char* type, json::array options) {
  auto out = field(name, label, type);
  out["defaultValues"] = json::array();
  out["options"] = std::move(options);
  return out;
}

json::array fields_of(const SimForm& form) {
  auto email = field("email", "Your address", "email");
  email["validation"] = json::object{{"blockedEmailDomains", json::array()}, {"useDefaultBlockList", false}};
  auto topic = choice("topic", "Topic", "dropdown",
                      {option("sales", "Sales", 0), option("other", "Something else", 1)});
  topic["dependentFields"] =
      json::array{json::object{{"dependentCondition", json::object{{"operator", "eq"},
                                                                   {"value", "other"},
                                                                   {"values", json::array()},
                                                                   {"rangeStart", ""},
                                                                   {"rangeEnd", ""}}},
                               {"dependentField", field("other_topic", "Which one?", "single_line_text")}}};
  auto file = field("drawing", "Drawing", "file");
  file["allowMultipleFiles"] = false;
  return {std::move(email), field("message", form.message_label.c_str(), "multi_line_text"),
          choice("interests", "Interests", "multiple_checkboxes",
                 {option("music", "Music", 0), option("rowing", "Rowing", 1)}),
          std::move(topic), std::move(file)};
}

json::object configuration() {
  return {{"language", "en"},
          {"cloneable", true},
          {"editable", true},
          {"archivable", true},
          {"recaptchaEnabled", false},
          {"notifyContactOwner", false},
          {"notifyRecipients", json::array()},
          {"createNewContactForNewEmail", true},
          {"prePopulateKnownValues", true},
          {"allowLinkToResetKnownValues", false},
          {"lifecycleStages", json::array()},
          {"postSubmitAction", json::object{{"type", "thank_you"}, {"value", "Thank you."}}}};
}

json::object display() {
  return {{"renderRawHtml", false},
          {"theme", "default_style"},
          {"submitButtonText", "Submit"},
          {"style", json::object{{"fontFamily", "arial"},
                                 {"backgroundWidth", "100%"},
                                 {"labelTextColor", "#33475b"},
                                 {"labelTextSize", "11px"},
                                 {"helpTextColor", "#7C98B6"},
                                 {"helpTextSize", "11px"},
                                 {"legalConsentTextColor", "#33475b"},
                                 {"legalConsentTextSize", "14px"},
                                 {"submitColor", "#ff7a59"},
                                 {"submitAlignment", "left"},
                                 {"submitFontColor", "#ffffff"},
                                 {"submitSize", "12px"}}}};
}

json::object value_json(const char* name, const std::string& value) {
  return {{"objectTypeId", "0-1"}, {"name", name}, {"value", value}};
}

} // namespace

json::object form_json(const SimForm& form) {
  json::object group{{"groupType", "default_group"}, {"richTextType", "text"}, {"fields", fields_of(form)}};
  json::object out{{"id", form.id},
                   {"name", form.name},
                   {"createdAt", kCreated},
                   {"updatedAt", kCreated},
                   {"archived", form.archived},
                   {"formType", form.type},
                   {"fieldGroups", json::array{std::move(group)}},
                   {"configuration", configuration()},
                   {"displayOptions", display()},
                   {"legalConsentOptions", json::object{{"type", "none"}}}};
  if (form.archived) out["archivedAt"] = kCreated;
  return out;
}

json::object submission_json(const SimSubmission& submission) {
  json::array values;
  values.push_back(value_json("email", "person" + std::to_string(submission.order) + "@example.org"));
  values.push_back(value_json("message", submission.marker + " " + submission.text));
  values.push_back(value_json("interests", "music"));
  values.push_back(value_json("interests", "rowing"));
  values.push_back(value_json("topic", "other"));
  values.push_back(value_json("other_topic", "boats"));
  json::object out{{"conversionId", submission.conversion_id},
                   {"values", std::move(values)},
                   {"pageUrl", "https://www.example.org/contact"}};
  if (!submission.malformed) out["submittedAt"] = submission.submitted_at_ms;
  return out;
}

json::object error_json(const std::string& category, const std::string& message, uint64_t number) {
  constexpr uint64_t kKind = 0xe0;
  return {{"status", "error"},
          {"category", category},
          {"message", message},
          {"correlationId", uuid(0, kKind, number)}};
}

std::string uuid(uint64_t seed, uint64_t kind, uint64_t number) {
  char out[40];
  std::snprintf(out, sizeof out, "%08x-%04x-4000-8000-%012llx", static_cast<unsigned>(seed),
                static_cast<unsigned>(kind), static_cast<unsigned long long>(number));
  return out;
}

} // namespace circuit::providers::hubspot_forms
