// The first byte chooses: a list of forms, one form, a page of submissions (which is then normalized with a
// form that is made of it), or a refusal, whose status the second byte chooses.

#include <algorithm>

#include "feeds/hubspot_forms/client.h"
#include "feeds/hubspot_forms/normalize.h"
#include "ingest/text/charset.h"
#include "tests/fuzz/target.h"

namespace circuit::fuzz {
namespace {

using namespace circuit::feeds::hubspot_forms;

constexpr uint64_t kTextBytes = 300;
constexpr SystemTime kNow{std::chrono::seconds(1'800'000'000)};
constexpr int kStatuses[] = {200, 400, 403, 404, 408, 423, 429, 477, 500, 503, 521, 524, 526, 599};

void check_form(const Form& form) {
  require(is_form_id(form.id), "a form's id can stand in a path", form.id);
  require(form_digest(form) == form_digest(form), "a form has one digest");
}

// A form that has some of the submission's fields, by labels that are values of it.
Form form_like(const SubmissionsPage& page) {
  Form form{"f1", "A form", "hubspot", false, {}};
  constexpr const char* kTypes[] = {"single_line_text", "email", "file", "multiple_checkboxes"};
  for (const Submission& submission : page.submissions) {
    for (const SubmittedValue& value : submission.values) {
      const size_t n = form.fields.size();
      if (n >= 40) return form;
      form.fields.push_back({value.name, value.object_type_id, value.value, kTypes[n % 4], {}});
      if (n % 2 == 1) form.fields.back().options.push_back({value.value, value.name});
    }
  }
  return form;
}

// What Markdown shows of text without markup in it.
std::string unescaped(std::string_view markdown) {
  std::string out;
  for (size_t i = 0; i < markdown.size(); ++i) {
    const bool escapes = markdown[i] == '\\' && i + 1 < markdown.size() &&
                         std::ispunct(static_cast<unsigned char>(markdown[i + 1]));
    out += markdown[escapes ? ++i : i];
  }
  return out;
}

std::string without_blanks(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); });
  return text;
}

void require_all_said(const Form& form, const Submission& submission) {
  constexpr uint64_t kEverything = 1u << 30;
  const std::string text = normalize(form, submission, kEverything).text();
  const std::string said = without_blanks(unescaped(text));
  for (const auto& value : submission.values) {
    const std::string typed = without_blanks(text::clean_utf8(value.value));
    require(said.find(typed) != std::string::npos, "what was typed can be read", text);
  }
}

void check_submission(const Form& form, const std::string& digest, const Submission& submission) {
  const auto document = normalize(form, submission, kTextBytes);
  const std::string id = external_id(form.id, submission);
  constexpr size_t kLongestId = 2 + 71; // "f1/", a digest and its name
  require(id.starts_with("f1/") && id.size() > 3 && id.size() <= kLongestId + 1, "a document has an id", id);
  require(document.external_id() == id && external_id(form.id, submission) == id, "and always the same", id);
  require(version(digest, submission) == version(digest, submission), "and one version", id);
  require(!document.text().empty() && document.text().size() <= kTextBytes, "a text is bounded");
  require(text::is_valid_utf8(document.text()), "a text is UTF-8", document.text());
  require(document.text_truncated() || document.text().find('\0') == std::string::npos, "without controls");
  require(!document.title().empty() && document.title().size() <= 1000, "a title is bounded",
          document.title());
  require(!document.SerializeAsString().empty(), "a document can be written");
  if (document.has_created_at())
    require(document.created_at().seconds() >= 0 && document.created_at().nanos() >= 0, "a time is one");
}

void check_submissions(std::string_view body) {
  const auto page = read_submissions(body);
  if (!page) return require_clear(page.error());
  const auto again = read_submissions(body);
  require(again && again->submissions.size() == page->submissions.size() &&
              again->malformed == page->malformed && again->after == page->after,
          "the same bytes give the same");
  const Form form = form_like(*page);
  const std::string digest = form_digest(form);
  Form without_fields = form;
  without_fields.fields.clear();
  for (const Submission& submission : page->submissions) {
    check_submission(form, digest, submission);
    require_all_said(without_fields, submission);
  }
}

void check_forms(std::string_view body) {
  const auto page = read_forms(body);
  if (!page) return require_clear(page.error());
  for (const Form& form : page->forms) check_form(form);
}

void check_patience(Input& in) {
  http::Response response;
  response.status = kStatuses[in.byte() % std::size(kStatuses)];
  if (const auto interval = in.line(); !interval.empty())
    response.headers.add("X-HubSpot-RateLimit-Interval-Milliseconds", std::string(interval));
  if (const auto date = in.line(); !date.empty()) response.headers.add("Date", std::string(date));
  response.body = std::string(in.rest());
  const auto wait = patience(response, kNow);
  require(wait.has_value() || response.status != 429, "a limit is waited out");
  if (wait)
    require(*wait > Duration::zero() && *wait <= std::chrono::minutes(30),
            "a wait is bounded and not nothing");
}

} // namespace

void check_input(std::string_view input) {
  Input in(input);
  switch (in.byte() % 4) {
    case 0:
      return check_forms(in.rest());
    case 1: {
      const auto form = read_form(in.rest());
      return form ? check_form(*form) : require_clear(form.error());
    }
    case 2:
      return check_submissions(in.rest());
    default:
      return check_patience(in);
  }
}

} // namespace circuit::fuzz
