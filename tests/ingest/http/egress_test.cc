#include "ingest/http/egress.h"

#include <gtest/gtest.h>

namespace circuit::http {
namespace {

TEST(HostList, NamesAreExactAndWildcardsReachBelow) {
  const std::vector<std::string> allowed = {"api.github.com", "*.sharepoint.com"};
  struct {
    const char* host;
    bool listed;
  } const cases[] = {
      {"api.github.com", true},
      {"API.GitHub.com", true},
      {"evil-api.github.com", false},
      {"github.com", false},
      {"api.github.com.evil.com", false},
      {"contoso.sharepoint.com", true},
      {"a.b.sharepoint.com", true},
      {"sharepoint.com", false},
      {"evilsharepoint.com", false},
      {"sharepoint.com.evil.com", false},
      {"", false},
  };
  for (const auto& c : cases) EXPECT_EQ(host_is_listed(c.host, allowed), c.listed) << c.host;
}

TEST(AddressRefused, SaysWhereItWouldHaveLedAndWhatToDo) {
  const Error error =
      address_refused("https://example.org/feed?key=abc", "169.254.169.254", AddressKind::kLinkLocal);
  EXPECT_EQ(error.cls, ErrorClass::kPermission);
  EXPECT_EQ(error.reason, "ADDRESS_REFUSED");
  EXPECT_NE(error.message.find("169.254.169.254, a link-local address"), std::string::npos) << error.message;
  EXPECT_NE(error.next_step.find("--allow-private"), std::string::npos);
  EXPECT_EQ(error.message.find("abc"), std::string::npos) << "a key was quoted";
}

} // namespace
} // namespace circuit::http
