// HubSpot's JSON to raw structs. A result that is malformed is counted, and the others are read.

#include <boost/json.hpp>
#include <utility>

#include "feeds/hubspot_forms/client.h"
#include "ingest/text/json_members.h"

namespace circuit::feeds::hubspot_forms {
namespace {

namespace json = boost::json;

Error bad_answer(const char* what) {
  return make_error(ErrorClass::kTransient, "HUBSPOT_BAD_ANSWER",
                    std::string("HubSpot's answer for ") + what + " is not what its reference says",
                    "Nothing to do: it is tried again. If it stays, report this.");
}

Result<json::value> parse(std::string_view body, const char* what) {
  auto value = text::parse_json(body);
  if (!value || !value->is_object()) return bad_answer(what);
  return *std::move(value);
}

std::string next_page(const json::object& root) {
  const json::object* paging = text::object_member(root, "paging");
  const json::object* next = paging != nullptr ? text::object_member(*paging, "next") : nullptr;
  return next != nullptr ? text::scalar_member(*next, "after") : std::string();
}

std::vector<Option> options_of(const json::object& field) {
  std::vector<Option> options;
  const json::array* all = text::array_member(field, "options");
  if (all == nullptr) return options;
  for (const json::value& value : *all) {
    if (value.is_object())
      options.push_back({text::scalar_member(value.get_object(), "value"),
                         text::scalar_member(value.get_object(), "label")});
  }
  return options;
}

// As deep as JSON may be nested, which parse_json() bounds.
void add_field(std::vector<Field>& fields, const json::object& field) {
  fields.push_back({text::scalar_member(field, "name"), text::scalar_member(field, "objectTypeId"),
                    text::scalar_member(field, "label"), text::scalar_member(field, "fieldType"),
                    options_of(field)});
  const json::array* dependents = text::array_member(field, "dependentFields");
  if (dependents == nullptr) return;
  for (const json::value& value : *dependents) {
    const json::object* dependent =
        value.is_object() ? text::object_member(value.get_object(), "dependentField") : nullptr;
    if (dependent != nullptr) add_field(fields, *dependent);
  }
}

Form form_of(const json::object& object) {
  Form form{text::scalar_member(object, "id"),
            text::scalar_member(object, "name"),
            text::scalar_member(object, "formType"),
            false,
            {}};
  form.archived = text::flag_member(object, "archived");
  if (const json::array* groups = text::array_member(object, "fieldGroups")) {
    for (const json::value& group : *groups) {
      if (!group.is_object()) continue;
      const json::array* fields = text::array_member(group.get_object(), "fields");
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
  out.conversion_id = text::scalar_member(object, "conversionId");
  out.page_url = text::scalar_member(object, "pageUrl");
  if (const json::array* values = text::array_member(object, "values")) {
    for (const json::value& item : *values) {
      if (!item.is_object()) return false;
      const json::object& field = item.get_object();
      out.values.push_back({text::scalar_member(field, "name"), text::scalar_member(field, "value"),
                            text::scalar_member(field, "objectTypeId")});
    }
  }
  return true;
}

} // namespace

Result<FormsPage> read_forms(std::string_view body) {
  auto root = parse(body, "the list of forms");
  if (!root) return std::move(root).error();
  const json::array* results = text::array_member(root->get_object(), "results");
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
  const json::array* results = text::array_member(root->get_object(), "results");
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
