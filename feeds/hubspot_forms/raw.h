#pragma once
// What HubSpot's answers say, as they say it. Plain values; any thread.

#include <cstdint>
#include <string>
#include <vector>

namespace circuit::feeds::hubspot_forms {

// Marketing forms v3: EnumeratedFieldOption. What is submitted is the value; what people saw is the label.
struct Option {
  std::string value;
  std::string label;
};

// Marketing forms v3: fieldGroups[].fields[], each followed by the fields that appear depending on it.
struct Field {
  std::string name;
  std::string object_type_id; // "0-1" for contacts; with the name, what identifies a field
  std::string label;
  std::string type; // "email", "file", "dropdown", ...
  std::vector<Option> options;
};

// Marketing forms v3: FormDefinitionBase.
struct Form {
  std::string id;
  std::string name;
  std::string type; // "hubspot", "captured", "flow", "blog_comment"
  bool archived = false;
  std::vector<Field> fields;
};

struct FormsPage {
  std::vector<Form> forms;
  std::string after; // empty: the last page
};

struct SubmittedValue {
  std::string name;
  std::string value;
  std::string object_type_id;
};

// Form integrations v1: results[].
struct Submission {
  std::string conversion_id; // empty for old ones
  int64_t submitted_at_ms = 0;
  std::string page_url;
  std::vector<SubmittedValue> values; // a field of several choices comes once for each
};

struct SubmissionsPage {
  std::vector<Submission> submissions; // newest first
  size_t malformed = 0;                // results without a time or with other shapes
  std::string after;
};

} // namespace circuit::feeds::hubspot_forms
