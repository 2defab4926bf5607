#include <array>
#include <boost/json.hpp>

#include "tests/fuzz/seeds/seeds.h"
#include "tests/providers/hubspot_forms/simulator.h"

namespace circuit::fuzz {
namespace {

namespace sim = circuit::providers::hubspot_forms;

constexpr SystemTime kNow{std::chrono::seconds(1'800'000'000)};

std::string answer(sim::HubSpotSimulator& simulator, const std::string& target) {
  providers::SimRequest request;
  request.host = "api.hubapi.com";
  request.target = target;
  request.fields = {{"Authorization", "Bearer " + sim::SimulatorOptions{}.token}};
  const auto response = simulator.respond(request, kNow, std::nullopt);
  return response.body != nullptr ? *response.body : std::string();
}

constexpr auto kSubmissions = std::to_array<std::string_view>({
    R"({"results":[{"submittedAt":1,"values":[{"name":"a","value":"# x\n- y\n1. z\n\n    &lt;[b](c)`d`*e*"}]},7,{}]})",
    R"({"results":[{"conversionId":"../x","submittedAt":-1,"values":[{"name":"","value":7},{"value":true}]}]})",
    R"({"results":[{"submittedAt":9223372036854775807,"pageUrl":"javascript:x"}],"paging":{"next":{"after":"a b&c"}}})",
    R"({"results":[{"conversionId":"c1","submittedAt":1,"values":[{"name":"f","value":"https://a.test/x;https://b.test"},
        {"name":"email","value":"a@b.test","objectTypeId":"0-1"},{"name":"email","value":"\u0000\ud83d\ude00","objectTypeId":"0-2"}]}]})",
});

constexpr auto kRefusals = std::to_array<std::string_view>({
    "\x06"
    "10000\n\n{\"policyName\":\"TEN_SECONDLY_ROLLING\"}",
    "\x06"
    "\nMon, 02 Nov 2026 10:11:00 GMT\n{\"policyName\":\"DAILY\"}",
    "\x06"
    "-1\n\n{\"policyName\":\"SECONDLY\"}",
    "\x05"
    "99999999999999999999\n\n",
});

} // namespace

void add_hubspot_seeds(SeedFolder& seeds) {
  sim::World world(1);
  for (const char* type : {"hubspot", "captured"}) world.add_form(type);
  for (int i = 0; i < 5; ++i) world.add_submission(0, kNow - std::chrono::hours(i), "a text");
  sim::HubSpotSimulator simulator(world, {});
  const std::string id = world.forms()[0].id;
  seeds.add("hubspot_answers", '\0' + answer(simulator, "/marketing/v3/forms?formTypes=all&limit=1"));
  seeds.add("hubspot_answers", '\1' + answer(simulator, "/marketing/v3/forms/" + id));
  seeds.add("hubspot_answers",
            '\2' + answer(simulator, "/form-integrations/v1/submissions/forms/" + id + "?limit=2"));
  for (const auto body : kSubmissions) seeds.add("hubspot_answers", "\2" + std::string(body));
  for (const auto refusal : kRefusals) seeds.add("hubspot_answers", "\3" + std::string(refusal));
}

} // namespace circuit::fuzz
