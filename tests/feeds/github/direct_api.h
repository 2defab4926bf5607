#pragma once
// Requests of an account straight to a simulated GitHub, without layers between. One loop.

#include <string>

#include "ingest/sync/pull.h"
#include "tests/providers/github/simulator.h"

namespace circuit::feeds::github {

namespace sim = circuit::providers::github;

class DirectApi final : public sync::Api {
 public:
  explicit DirectApi(providers::SimulatedProvider& provider) : provider_(provider) {}
  Task<Result<http::Response>> fetch(http::Request request) override {
    providers::SimRequest asked;
    asked.host = "api.github.com";
    asked.target = request.url.substr(std::string("https://api.github.com").size());
    asked.fields.emplace_back("Authorization", "Bearer " + sim::SimulatorOptions{}.token);
    const auto said = provider_.respond(asked, SystemTime{std::chrono::hours(24 * 365 * 50)}, std::nullopt);
    ++requests;
    http::Response response;
    response.status = said.status;
    response.url = request.url;
    for (const auto& [name, value] : said.fields) response.headers.add(name, value);
    if (said.body != nullptr) response.body = *said.body;
    co_return response;
  }
  int requests = 0;

 private:
  providers::SimulatedProvider& provider_;
};

} // namespace circuit::feeds::github
