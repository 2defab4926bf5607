#include "ingest/http/address_kind.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstring>

namespace circuit::http {
namespace {

struct HostCase {
  const char* host;
  AddressKind kind;
};

void PrintTo(const HostCase& c, std::ostream* out) { *out << c.host; }

class HostKind : public ::testing::TestWithParam<HostCase> {};

TEST_P(HostKind, IsWhatTheRegistriesSay) {
  const auto kind = classify_host(GetParam().host);
  ASSERT_TRUE(kind.has_value());
  EXPECT_STREQ(address_kind_name(*kind), address_kind_name(GetParam().kind));
}

INSTANTIATE_TEST_SUITE_P(
    Ip4, HostKind,
    ::testing::Values(
        HostCase{"8.8.8.8", AddressKind::kPublic}, HostCase{"1.1.1.1", AddressKind::kPublic},
        HostCase{"0.0.0.0", AddressKind::kUnspecified}, HostCase{"0.1.2.3", AddressKind::kUnspecified},
        HostCase{"10.0.0.1", AddressKind::kPrivate}, HostCase{"9.255.255.255", AddressKind::kPublic},
        HostCase{"11.0.0.0", AddressKind::kPublic}, HostCase{"100.63.255.255", AddressKind::kPublic},
        HostCase{"100.64.0.1", AddressKind::kPrivate}, HostCase{"100.127.255.255", AddressKind::kPrivate},
        HostCase{"100.128.0.0", AddressKind::kPublic}, HostCase{"127.0.0.1", AddressKind::kLoopback},
        HostCase{"127.255.255.254", AddressKind::kLoopback},
        HostCase{"168.63.129.16", AddressKind::kMetadata}, HostCase{"168.63.129.17", AddressKind::kPublic},
        HostCase{"169.254.169.254", AddressKind::kLinkLocal},
        HostCase{"172.15.255.255", AddressKind::kPublic}, HostCase{"172.16.0.0", AddressKind::kPrivate},
        HostCase{"172.31.255.255", AddressKind::kPrivate}, HostCase{"172.32.0.0", AddressKind::kPublic},
        HostCase{"192.0.0.8", AddressKind::kReserved}, HostCase{"192.0.1.1", AddressKind::kPublic},
        HostCase{"192.0.2.1", AddressKind::kReserved}, HostCase{"192.88.99.1", AddressKind::kTunnel},
        HostCase{"192.168.255.1", AddressKind::kPrivate}, HostCase{"198.17.255.255", AddressKind::kPublic},
        HostCase{"198.18.0.1", AddressKind::kReserved}, HostCase{"198.19.255.255", AddressKind::kReserved},
        HostCase{"198.51.100.7", AddressKind::kReserved}, HostCase{"203.0.113.7", AddressKind::kReserved},
        HostCase{"224.0.0.1", AddressKind::kMulticast}, HostCase{"239.255.255.255", AddressKind::kMulticast},
        HostCase{"240.0.0.1", AddressKind::kReserved}, HostCase{"255.255.255.255", AddressKind::kMulticast}));

INSTANTIATE_TEST_SUITE_P(
    Ip6, HostKind,
    ::testing::Values(
        HostCase{"2606:4700:4700::1111", AddressKind::kPublic},
        HostCase{"[2a00:1450::1]", AddressKind::kPublic}, HostCase{"::", AddressKind::kUnspecified},
        HostCase{"::1", AddressKind::kLoopback}, HostCase{"::2", AddressKind::kReserved},
        HostCase{"::127.0.0.1", AddressKind::kReserved}, HostCase{"::8.8.8.8", AddressKind::kReserved},
        HostCase{"::ffff:8.8.8.8", AddressKind::kPublic},
        HostCase{"[::ffff:127.0.0.1]", AddressKind::kLoopback},
        HostCase{"::ffff:169.254.169.254", AddressKind::kLinkLocal},
        HostCase{"64:ff9b::8.8.8.8", AddressKind::kPublic},
        HostCase{"64:ff9b::127.0.0.1", AddressKind::kLoopback},
        HostCase{"64:ff9b::a00:1", AddressKind::kPrivate},
        HostCase{"64:ff9b:1::8.8.8.8", AddressKind::kPrivate}, HostCase{"100::1", AddressKind::kReserved},
        HostCase{"2001::1", AddressKind::kTunnel}, HostCase{"2001:2::1", AddressKind::kReserved},
        HostCase{"2001:10::1", AddressKind::kReserved}, HostCase{"2001:db8::1", AddressKind::kReserved},
        HostCase{"2001:200::1", AddressKind::kPublic}, HostCase{"2002:7f00:1::", AddressKind::kTunnel},
        HostCase{"3fff::1", AddressKind::kReserved}, HostCase{"4000::1", AddressKind::kReserved},
        HostCase{"fc00::1", AddressKind::kPrivate}, HostCase{"fd00:ec2::254", AddressKind::kPrivate},
        HostCase{"fe80::1", AddressKind::kLinkLocal}, HostCase{"fe80::1%eth0", AddressKind::kLinkLocal},
        HostCase{"fec0::1", AddressKind::kPrivate}, HostCase{"ff02::1", AddressKind::kMulticast}));

INSTANTIATE_TEST_SUITE_P(OddNotations, HostKind,
                         ::testing::Values(HostCase{"0x7f.1", AddressKind::kLoopback},
                                           HostCase{"2130706433", AddressKind::kLoopback},
                                           HostCase{"127.1", AddressKind::kLoopback},
                                           HostCase{"017700000001", AddressKind::kLoopback},
                                           HostCase{"0xA9FEA9FE", AddressKind::kLinkLocal},
                                           HostCase{"10.1", AddressKind::kPrivate},
                                           HostCase{"0", AddressKind::kUnspecified},
                                           HostCase{"127.0.0.1.", AddressKind::kLoopback},
                                           HostCase{"localhost", AddressKind::kLoopback},
                                           HostCase{"LOCALHOST.", AddressKind::kLoopback},
                                           HostCase{"a.b.localhost", AddressKind::kLoopback}));

TEST(HostKind, OfANameIsNotKnown) {
  for (const char* name :
       {"example.com", "notlocalhost", "localhost.example.com", "1.2.3.4.5", "127.0.0.1.nip.io", ""}) {
    EXPECT_FALSE(classify_host(name).has_value()) << name;
  }
}

TEST(AddressKindOf, ReadsSocketAddresses) {
  sockaddr_in four{};
  four.sin_family = AF_INET;
  ::inet_pton(AF_INET, "10.1.2.3", &four.sin_addr);
  EXPECT_EQ(classify_address(reinterpret_cast<const sockaddr&>(four)), AddressKind::kPrivate);
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  ::inet_pton(AF_INET6, "::ffff:10.1.2.3", &six.sin6_addr);
  EXPECT_EQ(classify_address(reinterpret_cast<const sockaddr&>(six)), AddressKind::kPrivate);
}

TEST(AddressKindOf, AnythingButIpIsRefused) {
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  EXPECT_NE(classify_address(reinterpret_cast<const sockaddr&>(local)), AddressKind::kPublic);
}

} // namespace
} // namespace circuit::http
