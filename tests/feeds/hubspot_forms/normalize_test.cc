#include "feeds/hubspot_forms/normalize.h"

#include <gtest/gtest.h>

#include "feeds/hubspot_forms/client.h"

namespace circuit::feeds::hubspot_forms {
namespace {

constexpr uint64_t kLong = 1 << 20;

Form contact_form() {
  return {"f1",
          "Contact",
          "hubspot",
          false,
          {{"firstname", "0-1", "First name", "single_line_text", {}},
           {"email", "0-1", "Your e-mail", "email", {}},
           {"interests", "0-1", "Interests", "multiple_checkboxes", {{"music", "Music"}, {"a;b", "A and B"}}},
           {"cv", "0-1", "CV", "file", {}}}};
}

Submission submission(std::vector<SubmittedValue> values) {
  return {"c1", 1'700'000'000'123, "https://example.org/contact", std::move(values)};
}

TEST(HubSpotNormalize, EachFieldIsALineByItsLabelInTheOrderOfTheForm) {
  const auto document = normalize(contact_form(),
                                  submission({{"interests", "music", "0-1"},
                                              {"unknown", "x", "0-1"},
                                              {"email", "ann@example.org", "0-1"},
                                              {"interests", "rowing", "0-1"},
                                              {"firstname", "Ann", "0-1"}}),
                                  kLong);
  EXPECT_EQ(document.text(),
            "**First name:** Ann\n\n**Your e-mail:** ann@example.org\n\n**Interests:** Music, rowing\n\n"
            "**unknown:** x");
  EXPECT_EQ(document.title(), "Contact: Ann");
  EXPECT_EQ(document.authors(0).email(), "ann@example.org");
  EXPECT_EQ(document.external_id(), "f1/c1");
  EXPECT_EQ(document.created_at().seconds(), 1'700'000'000);
  EXPECT_EQ(document.created_at().nanos(), 123'000'000);
  EXPECT_EQ(document.metadata().at("content.personal_data"), "true");
}

TEST(HubSpotNormalize, WhatPeopleTypedIsNotMarkup) {
  const auto document = normalize(
      contact_form(), submission({{"firstname", "*Bobby* [x](y) <b>\n- tables\n\n1. &lt;", "0-1"}}), kLong);
  EXPECT_EQ(document.text(), "**First name:** \\*Bobby\\* [x]\\(y) \\<b>  \n\\- tables\n\n1\\. \\&lt;");
}

TEST(HubSpotNormalize, AChoiceIsShownByTheLabelThatPeopleSaw) {
  struct Row {
    std::vector<SubmittedValue> values;
    const char* text;
  };
  const Row rows[] = {
      {{{"interests", "music", "0-1"}}, "Music"},
      {{{"interests", "music;a;b;golf", "0-1"}}, "Music, a, b, golf"},
      {{{"interests", "a;b", "0-1"}}, "A and B"},
      {{{"interests", "golf", "0-1"}, {"interests", "music", "0-1"}}, "golf, Music"},
      {{{"interests", "", "0-1"}}, ""},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(normalize(contact_form(), submission(row.values), kLong).text(),
              std::string("**Interests:** ") + row.text);
  }
}

TEST(HubSpotNormalize, AFileIsAnAttachment) {
  const auto document =
      normalize(contact_form(), submission({{"cv", "https://files.example.org/cv.pdf", "0-1"}}), kLong);
  ASSERT_EQ(document.attachments_size(), 1);
  EXPECT_EQ(document.attachments(0).title(), "CV");
}

TEST(HubSpotNormalize, WhatIsTooLongForANameOrAnAddressIsNotTakenForOne) {
  const auto document = normalize(
      contact_form(),
      submission({{"email", std::string(400, 'a'), "0-1"}, {"firstname", std::string(5000, 'b'), "0-1"}}),
      kLong);
  ASSERT_EQ(document.authors_size(), 1);
  EXPECT_EQ(document.authors(0).email(), "");
  EXPECT_EQ(document.authors(0).name().size(), 200u);
  EXPECT_GT(document.text().size(), 5000u);
}

TEST(HubSpotNormalize, ASubmissionWithoutAnIdIsKnownByWhatItSays) {
  Submission a = submission({{"email", "a@example.org", "0-1"}});
  Submission b = submission({{"email", "b@example.org", "0-1"}});
  a.conversion_id = b.conversion_id = "";
  EXPECT_NE(external_id("f1", a), external_id("f1", b));
  EXPECT_EQ(external_id("f1", a), external_id("f1", a));
  Submission odd = a;
  odd.conversion_id = "../\n";
  EXPECT_TRUE(external_id("f1", odd).starts_with("f1/sha256-"));
}

TEST(HubSpotNormalize, ANewLabelIsANewVersion) {
  Form renamed = contact_form();
  renamed.fields[0].label = "Given name";
  Form chosen = contact_form();
  chosen.fields[2].options[0].label = "Music and dance";
  const Submission one = submission({{"firstname", "Ann", "0-1"}});
  const std::string before = version(form_digest(contact_form()), one);
  EXPECT_EQ(version(form_digest(contact_form()), one), before);
  EXPECT_NE(version(form_digest(renamed), one), before);
  EXPECT_NE(version(form_digest(chosen), one), before);
}

TEST(HubSpotAnswers, WhatIsNoAnswerIsRefusedAndABadResultIsCounted) {
  for (const char* body :
       {"", "[]", "{}", "{\"results\":1}", "<html>", "{\"results\":[{\"id\":\"../x\"}]}"}) {
    EXPECT_FALSE(read_forms(body).ok()) << body;
  }
  const auto page = read_submissions(
      R"({"results":[{"submittedAt":1},{"x":1},7,{"submittedAt":"soon"}],"paging":{"next":{"after":"a b"}}})");
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->submissions.size(), 1u);
  EXPECT_EQ(page->malformed, 3u);
  EXPECT_EQ(page->after, "a b");
}

TEST(HubSpotAnswers, AFieldThatDependsOnAnotherFollowsIt) {
  const auto form = read_form(R"({"id":"f1","fieldGroups":[{"fields":[
      {"name":"topic","fieldType":"dropdown","options":[{"value":"o","label":"Other"},7],"dependentFields":[
          {"dependentField":{"name":"which","label":"Which one?","dependentFields":[
              {"dependentField":{"name":"why"}}]}},{"dependentField":null},8]},
      {"name":"last"}]}]})");
  ASSERT_TRUE(form.ok());
  std::vector<std::string> names;
  for (const auto& field : form->fields) names.push_back(field.name);
  EXPECT_EQ(names, (std::vector<std::string>{"topic", "which", "why", "last"}));
  EXPECT_EQ(form->fields[1].label, "Which one?");
  ASSERT_EQ(form->fields[0].options.size(), 1u);
  EXPECT_EQ(form->fields[0].options[0].label, "Other");
}

TEST(HubSpotPatience, EachPolicyIsWaitedForInItsOwnWay) {
  struct Row {
    int status;
    const char* body;
    const char* interval;
    std::optional<Duration> wait;
  };
  using std::chrono::minutes;
  using std::chrono::seconds;
  const SystemTime now{minutes(30 * 1000) + minutes(10)};
  const Row rows[] = {
      {429, R"({"policyName":"TEN_SECONDLY_ROLLING"})", "10000", seconds(10)},
      {429, R"({"policyName":"TEN_SECONDLY_ROLLING"})", "", seconds(10)},
      {429, R"({"policyName":"SECONDLY"})", "", seconds(1)},
      {429, R"({"policyName":"DAILY"})", "10000", minutes(20)},
      {423, "", "", seconds(2)},
      {477, "", "", seconds(10)},
      {524, "", "", seconds(5)},
      {500, "", "", std::nullopt},
      {403, "", "", std::nullopt},
  };
  for (const Row& row : rows) {
    http::Response response;
    response.status = row.status;
    response.body = row.body;
    if (*row.interval != '\0')
      response.headers.set("X-HubSpot-RateLimit-Interval-Milliseconds", row.interval);
    EXPECT_EQ(patience(response, now), row.wait) << row.status << row.body;
  }
}

} // namespace
} // namespace circuit::feeds::hubspot_forms
