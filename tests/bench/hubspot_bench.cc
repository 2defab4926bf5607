// HubSpot forms: a whole first sync by the real program, from a served simulator to a receiver that forgets,
// against bare libcurl fetching the same pages, as many side by side as the provider's catalog allows.

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <memory>

#include "tests/bench/account_stage.h"
#include "tests/bench/bare_http.h"
#include "tests/bench/bare_pages.h"
#include "tests/bench/bare_stream.h"
#include "tests/bench/cases.h"
#include "tests/bench/libraries.h"

namespace circuit::bench {
namespace {

namespace v1 = circuit::feeds::v1;

constexpr int kForms = 50;
constexpr int kSubmissions = 2000;
constexpr int kAtATime = 8; // config/providers/hubspot-forms.yaml
constexpr double kDocuments = 1.0 * kForms * kSubmissions;

// Of a page's body, where the next one is; empty: nowhere.
std::string next_after(const std::string& body) {
  constexpr std::string_view kName = "\"after\":\"";
  const size_t at = body.rfind(kName);
  if (at == std::string::npos) return {};
  const size_t begin = at + kName.size();
  return body.substr(begin, body.find('"', begin) - begin);
}

class Account {
 public:
  Account() : receiver_(CIRCUIT_BENCH, {"black-hole"}) {
    stage_.serve({"hubspot-forms", "--port", "0", "--forms", std::to_string(kForms), "--items",
                  std::to_string(kSubmissions), "--token-file", stage_.path("secret"),
                  "--requests-per-ten-seconds", "1000000000", "--requests-per-day", "1000000000"});
    stage_.connect(
        {"hubspot-forms", "--name", "forms", "--param", "base_url=" + stage_.simulator(), "--token-stdin"});
    find_pages();
  }

  double sync() {
    stage_.start_over();
    const auto ended = stage_.run(
        {"sync", "hubspot-forms", "--connection", "forms", "--sink", "grpc:" + receiver_.address()});
    report_cost("hubspot_first_sync", ended, kDocuments);
    return kDocuments;
  }
  double fetch() {
    fetch_all(peers_, false, kAtATime);
    return kDocuments;
  }
  // What every worker does with these pages, by libraries alone, on one core beside the one that fetches.
  void report_libraries() {
    std::vector<std::string> bodies;
    for (const Peer& peer : peers_) {
      fetch_pages(peer.url, header(), [&](const std::string& body) {
        bodies.push_back(body);
        return std::string();
      });
    }
    v1::DeliverRequest page;
    page.mutable_batch()->set_feed("feeds/bench");
    Libraries libraries(stage_.path("libraries"));
    size_t number = 0;
    const double kept = seconds_of([&] {
      for (const std::string& body : bodies) {
        const auto parsed = boost::json::parse(body);
        const auto& submissions = parsed.at("results").as_array();
        const size_t each = body.size() / std::max<size_t>(submissions.size(), 1);
        for (size_t i = 0; i < submissions.size(); ++i) {
          const std::string id = "submission-" + std::to_string(number++);
          const std::string change = libraries.keep(id, std::string_view(body).substr(i * each, each));
          if (&body == &bodies.back()) page.mutable_batch()->add_changes()->ParseFromString(change);
        }
      }
    });
    const double fetched = seconds_of([&] { fetch(); });
    BareStream stream(receiver_.address());
    const double sent = seconds_of([&] { stream.send(page, static_cast<int>(bodies.size())); });
    std::fprintf(
        stderr,
        "hubspot_first_sync: bare fetching %.2f s; JSON, protobuf, SHA-256 and rows of the same pages "
        "by libraries alone %.2f s; a bare stream of the documents %.2f s\n",
        fetched, kept, sent);
  }

 private:
  std::string header() const { return "Authorization: Bearer " + stage_.secret(); }

  void find_pages() {
    const std::string list = stage_.simulator() + "/marketing/v3/forms?formTypes=all&limit=50";
    auto pages = fetch_pages(list, header(), [](const std::string&) { return std::string(); });
    // The forms' ids, and then their pages in turn.
    std::vector<std::string> ids;
    fetch_pages(list, header(), [&](const std::string& body) {
      const auto parsed = boost::json::parse(body);
      for (const auto& form : parsed.at("results").as_array()) ids.emplace_back(form.at("id").as_string());
      return std::string();
    });
    for (const auto& id : ids) {
      const std::string first =
          stage_.simulator() + "/form-integrations/v1/submissions/forms/" + id + "?limit=50";
      const auto urls = fetch_pages(first, header(), [&](const std::string& body) {
        const std::string after = next_after(body);
        return after.empty() ? std::string() : first + "&after=" + after;
      });
      pages.insert(pages.end(), urls.begin(), urls.end());
    }
    for (auto& page : pages) peers_.push_back({std::move(page), {header()}});
  }

  AccountStage stage_;
  Child receiver_;
  std::vector<Peer> peers_;
};

Comparison first_sync() {
  auto account = std::make_shared<Account>();
  in_a_process_of_its_own([&] { account->report_libraries(); });
  return {"hubspot_first_sync",
          "documents",
          0.6,
          [account] { return account->sync(); },
          [account] { return account->fetch(); },
          5};
}

} // namespace

std::vector<Case> hubspot_cases() { return {{"hubspot_first_sync", first_sync}}; }

} // namespace circuit::bench
