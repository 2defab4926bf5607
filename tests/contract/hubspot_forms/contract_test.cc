// What the feed asks of HubSpot and what the simulator answers, against HubSpot's published OpenAPI
// description of forms v3. The description lies outside of this tree: CONTRACTS_DIR names its folder. Without
// it there is nothing to compare with, and the test says so and is skipped.
//
// Submissions are of an older interface, which that description does not have; submissions.json, written
// after the page of HubSpot's legacy reference, takes its place, so that side is checked against our own
// reading alone.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "feeds/hubspot_forms/client.h"
#include "tests/contract/openapi.h"
#include "tests/feeds/hubspot_forms/hubspot_world.h"

namespace circuit::feeds::hubspot_forms {
namespace {

namespace json = boost::json;
using contract::OpenApi;
using std::chrono::hours;

std::filesystem::path folder() {
  const char* given = std::getenv("CONTRACTS_DIR");
  return given != nullptr && *given != '\0' ? given : CIRCUIT_DEFAULT_CONTRACTS_DIR;
}

json::value read_json(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream bytes;
  bytes << in.rdbuf();
  return json::parse(bytes.str());
}

// The description has one type of form; the reference, and the parameter formTypes, have four.
void correct(OpenApi& forms) {
  json::array types = forms.at("/paths/~1marketing~1v3~1forms/get/parameters/2/schema/items/enum").as_array();
  forms.at("/components/schemas/HubSpotFormDefinition/properties/formType/enum") = std::move(types);
}

class HubSpotContract : public testing::Test {
 protected:
  void SetUp() override {
    const auto path = folder() / "hubspot-forms-v3.openapi.json";
    if (!std::filesystem::exists(path))
      GTEST_SKIP() << "NO DESCRIPTION at " << path << ": set CONTRACTS_DIR. Nothing was tested.";
    forms_.emplace(read_json(path));
    submissions_.emplace(read_json(CIRCUIT_SUBMISSIONS_DESCRIPTION));
    correct(*forms_);
  }

  void watch(HubSpotWorld& world) {
    world.observe([this](const auto& request, const auto& response) {
      OpenApi& api = forms_->describes(request) ? *forms_ : *submissions_;
      if (auto problem = api.problem(request, response); !problem.empty())
        problems_.insert(std::move(problem));
    });
  }
  void expect_no_problem() {
    for (const auto& problem : problems_) ADD_FAILURE() << problem;
  }

  std::optional<OpenApi> forms_, submissions_;
  std::set<std::string> problems_;
};

TEST_F(HubSpotContract, RequestsAndAnswersAreAsHubSpotDescribesThem) {
  HubSpotWorld world;
  watch(world);
  for (const char* type : {"captured", "flow", "blog_comment"}) world.world().add_form(type);
  for (int i = 0; i < 60; ++i) world.world().add_submission(i % 2, world.now() - hours(i));
  for (int i = 0; i < 60; ++i) world.world().add_form();
  world.world().form(1).archived = true;
  auto feed = world.feed();
  feed.mutable_hubspot_forms()->set_with_archived_forms(true);
  EXPECT_EQ(world.sync_of(feed).counts().delivered(), 60);
  auto selected = world.feed();
  selected.set_name("feeds/selected");
  selected.mutable_hubspot_forms()->add_forms(world.world().forms()[1].id); // first 404, for it is archived
  EXPECT_EQ(world.sync_of(selected).counts().delivered(), 30);
  world.simulator().scopes().clear();
  world.sync_of(feed);
  expect_no_problem();
  const std::set<std::string> forms = {"GET /marketing/v3/forms 200", "GET /marketing/v3/forms 403",
                                       "GET /marketing/v3/forms/{formId} 200",
                                       "GET /marketing/v3/forms/{formId} 404"};
  EXPECT_EQ(forms_->seen(), forms);
  EXPECT_EQ(submissions_->seen(),
            std::set<std::string>{"GET /form-integrations/v1/submissions/forms/{form_guid} 200"});
}

TEST_F(HubSpotContract, RefusalsAreAsHubSpotDescribesThem) {
  sim::SimulatorOptions options;
  options.requests_per_day = 1;
  HubSpotWorld limited(options);
  watch(limited);
  limited.submit_many(3);
  limited.sync();
  options.token = "another";
  HubSpotWorld refused(options);
  watch(refused);
  refused.sync();
  expect_no_problem();
  EXPECT_TRUE(forms_->seen().contains("GET /marketing/v3/forms 401"));
  EXPECT_TRUE(submissions_->seen().contains("GET /form-integrations/v1/submissions/forms/{form_guid} 429"));
}

// Whatever field HubSpot can describe is found by the parser, wherever it stands.
TEST_F(HubSpotContract, EveryKindOfFieldIsRead) {
  const auto& kinds = forms_->at("/components/schemas/FieldGroup/properties/fields/items/oneOf").as_array();
  json::array fields;
  for (const auto& kind : kinds) {
    const std::string schema(kind.at("$ref").as_string());
    const auto type = forms_->at(schema.substr(1) + "/properties/fieldType/default").as_string();
    fields.push_back({{"name", "n-" + std::string(type)},
                      {"label", "l-" + std::string(type)},
                      {"objectTypeId", "0-1"},
                      {"fieldType", type}});
  }
  const json::value form{{"id", "f1"}, {"fieldGroups", json::array{json::object{{"fields", fields}}}}};
  const auto read = read_form(json::serialize(form));
  ASSERT_TRUE(read.ok());
  ASSERT_EQ(read->fields.size(), kinds.size());
  for (const auto& field : read->fields) {
    EXPECT_EQ(field.name, "n-" + field.type);
    EXPECT_EQ(field.label, "l-" + field.type);
  }
}

} // namespace
} // namespace circuit::feeds::hubspot_forms
