// What is asked of an account outside of any sync.

#include <gtest/gtest.h>

#include "feeds/azure_blob/account.h"
#include "tests/feeds/azure_blob/azure_world.h"

namespace circuit::feeds::azure_blob {
namespace {

TEST(AzureBlobAccount, CheckAndBrowseAreCheap) {
  AzureWorld world;
  world.put("a/b/c.txt", "c");
  world.put("a/d.txt", "d");
  world.put("top.txt", "top");
  class DirectApi final : public sync::Api {
   public:
    explicit DirectApi(http::HttpTransport& http) : http_(http) {}
    Task<Result<http::Response>> fetch(http::Request request) override {
      request.connection = "connections/azure";
      co_return co_await http_.send(std::move(request));
    }

   private:
    http::HttpTransport& http_;
  };
  SeededRandom random(1);
  auto wire =
      std::make_unique<providers::SimulatedTransport>(world.loop().clock(), 5, providers::LatencyRange{});
  wire->route("simulated.blob.core.windows.net", world.simulator);
  http::HttpStack stack(std::move(wire), world.loop().clock(), random, {});
  stack.auth().use(world.holder);
  DirectApi api(stack);
  AzureBlobAccount account(Client("https://simulated.blob.core.windows.net"), account_connection());
  const auto report = world.ask(account.check(api));
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report->works());
  EXPECT_EQ(world.simulator.lists(), 2u);

  const auto browse = [&](const std::string& parent) {
    v1::BrowseRequest request;
    request.set_parent(parent);
    const auto response = world.ask(account.browse(api, request));
    std::vector<std::string> ids;
    if (response) {
      for (const auto& item : response->items()) ids.push_back(item.id());
    }
    return ids;
  };
  EXPECT_EQ(browse(""), std::vector<std::string>{"docs"});
  EXPECT_EQ(browse("docs"), std::vector<std::string>{"docs/a/"});
  EXPECT_EQ(browse("docs/a/"), std::vector<std::string>{"docs/a/b/"});

  world.simulator.firewall = true;
  const auto refused = world.ask(account.check(api));
  ASSERT_TRUE(refused.ok());
  EXPECT_FALSE(refused->works());
  EXPECT_EQ(refused->error().reason(), "AZURE_FORBIDDEN");
}

} // namespace
} // namespace circuit::feeds::azure_blob
