#pragma once
// HubSpot's HTTP interface over a World, after its reference:
//
//   Marketing / Forms v3     GET /marketing/v3/forms ?limit (1 to 100, default 20) &after &archived (false)
//                            &formTypes (default: "hubspot" alone); GET /marketing/v3/forms/{id} ?archived
//   legacy Forms v1          GET /form-integrations/v1/submissions/forms/{id} ?limit (1 to 50, default 20),
//                            &after; newest first; `paging.next` is left out on the last page
//   usage guidelines         429 with errorType RATE_LIMIT and a policyName; a rolling window of 10 seconds,
//                            and a number of requests a day, per account; X-HubSpot-RateLimit-* headers
//   error handling           401, 403 with category MISSING_SCOPES; {"status":"error", "category", "message"}
//
// One thread, that of the world, which must outlive this.

#include <deque>
#include <set>
#include <string>

#include "tests/providers/hubspot_forms/world.h"
#include "tests/providers/simulated_provider.h"

namespace circuit::providers::hubspot_forms {

struct SimulatorOptions {
  std::string token = "pat-na1-simulated";
  size_t requests_per_ten_seconds = 100;
  size_t requests_per_day = 250'000;
};

// How the places of submissions are taken: as they should be, not at all, or always leading to the same page.
enum class Paging { kSound, kRefused, kStuck };

class HubSpotSimulator final : public SimulatedProvider {
 public:
  HubSpotSimulator(const World& world, SimulatorOptions options)
      : world_(world), options_(std::move(options)), scopes_{"forms"} {}

  SimResponse respond(const SimRequest& request, SystemTime now, std::optional<ContentFault> fault) override;

  std::set<std::string>& scopes() { return scopes_; }
  void set_paging(Paging paging) { paging_ = paging; }
  uint64_t refused() const { return refused_; } // 429s that were sent

 private:
  std::optional<SimResponse> over_a_limit(SystemTime now);
  SimResponse refusal(int status, const char* category, const char* message);
  SimResponse answer(const SimRequest& request);
  SimResponse list_forms(const SimRequest& request);
  SimResponse one_form(const std::string& id, const SimRequest& request);
  SimResponse list_submissions(const std::string& id, const SimRequest& request);

  const World& world_;
  SimulatorOptions options_;
  std::set<std::string> scopes_;
  Paging paging_ = Paging::kSound;
  std::deque<SystemTime> recent_;
  int64_t day_ = 0;
  size_t today_ = 0;
  uint64_t refused_ = 0;
  uint64_t refusals_ = 0; // of all kinds
};

} // namespace circuit::providers::hubspot_forms
