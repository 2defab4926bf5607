// HubSpot's JSON to raw structs. A result that is malformed is counted, and the others are read.

#include <boost/json.hpp>

#include "feeds/hubspot_forms/client.h"

namespace circuit::feeds::hubspot_forms {
namespace {

namespace json = boost::json;

Error bad_answer(const char* what) {
  return make_error(ErrorClass::kTransient, "HUBSPOT_BAD_ANSWER",
                    std::string("HubSpot's answer for ") + what + " is not what its reference says",
                    "Nothing to do: it is tried again. If it stays, report this.");
}

Result<json::value> parse(std::string_view body, const char* what) {
  json::parse_options options;
  options.max_depth = 64;
  boost::system::error_code broken;
  json::value value = json::parse(body, broken, {}, options);
  if (broken || !value.is_object()) return bad_answer(what);
  return value;
}

std::string text(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  if (found == nullptr) return {};
  if (found->is_string()) return std::string(found->get_string());
  if (found->is_number() || found->is_bool()) return json::serialize(*found);
  return {};
}

const json::array* list(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  return found != nullptr && found->is_array() ? &found->get_array() : nullptr;
}

std::string next_page(const json::object& root) {
  const json::value* paging = root.if_contains("paging");
  if (paging == nullptr || !paging->is_object()) return {};
  const json::value* next = paging->get_object().if_contains("next");
  return next != nullptr && next->is_object() ? text(next->get_object(), "after") : std::string();
}

std::vector<Option> options_of(const json::object& field) {
  std::vector<Option> options;
  const json::array* all = list(field, "options");
  if (all == nullptr) return options;
  for (const json::value& value : *all) {
    if (value.is_object())
      options.push_back({text(value.get_object(), "value"), text(value.get_object(), "label")});
  }
  return options;
}

// As deep as JSON may be nested, which parse() bounds.
void add_field(std::vector<Field>& fields, const json::object& field) {
  fields.push_back({text(field, "name"), text(field, "objectTypeId"), text(field, "label"),
                    text(field, "fieldType"), options_of(field)});
  const json::array* dependents = list(field, "dependentFields");
  if (dependents == nullptr) return;
  for (const json::value& value : *dependents) {
    const json::value* dependent =
        value.is_object() ? value.get_object().if_contains("dependentField") : nullptr;
    if (dependent != nullptr && dependent->is_object()) add_field(fields, dependent->get_object());
  }
}

Form form_of(const json::object& object) {
  Form form{text(object, "id"), text(object, "name"), text(object, "formType"), false, {}};
  if (const json::value* archived = object.if_contains("archived")) form.archived = *archived == true;
  if (const json::array* groups = list(object, "fieldGroups")) {
    for (const json::value& group : *groups) {
      if (!group.is_object()) continue;
      const json::array* fields = list(group.get_object(), "fields");
      if (fields == nullptr) continue;
      for (const json::value& value : *fields) {
        if (value.is_object()) add_field(form.fields, value.get_object());
      }
    }
  }
  return form;
}

bool read_submission(const json::value& value, Submission& out) {
  if (!value.is_object()) return false;
  const json::object& object = value.get_object();
  const json::value* time = object.if_contains("submittedAt");
  if (time == nullptr || !time->is_int64()) return false;
  out.submitted_at_ms = time->get_int64();
  out.conversion_id = text(object, "conversionId");
  out.page_url = text(object, "pageUrl");
  if (const json::array* values = list(object, "values")) {
    for (const json::value& item : *values) {
      if (!item.is_object()) return false;
      const json::object& field = item.get_object();
      out.values.push_back({text(field, "name"), text(field, "value"), text(field, "objectTypeId")});
    }
  }
  return true;
}

} // namespace

Result<FormsPage> read_forms(std::string_view body) {
  auto root = parse(body, "the list of forms");
  if (!root) return std::move(root).error();
  const json::array* results = list(root->get_object(), "results");
  if (results == nullptr) return bad_answer("the list of forms");
  FormsPage page;
  for (const json::value& value : *results) {
    if (!value.is_object()) return bad_answer("the list of forms");
    Form form = form_of(value.get_object());
    if (!is_form_id(form.id)) return bad_answer("the list of forms");
    page.forms.push_back(std::move(form));
  }
  page.after = next_page(root->get_object());
  return page;
}

Result<Form> read_form(std::string_view body) {
  auto root = parse(body, "a form");
  if (!root) return std::move(root).error();
  Form form = form_of(root->get_object());
  if (!is_form_id(form.id)) return bad_answer("a form");
  return form;
}

Result<SubmissionsPage> read_submissions(std::string_view body) {
  auto root = parse(body, "submissions");
  if (!root) return std::move(root).error();
  const json::array* results = list(root->get_object(), "results");
  if (results == nullptr) return bad_answer("submissions");
  SubmissionsPage page;
  page.submissions.reserve(results->size());
  for (const json::value& value : *results) {
    Submission submission;
    if (read_submission(value, submission)) {
      page.submissions.push_back(std::move(submission));
    } else {
      ++page.malformed;
    }
  }
  page.after = next_page(root->get_object());
  return page;
}

} // namespace circuit::feeds::hubspot_forms
