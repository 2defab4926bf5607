// The gRPC sink and the receiver with TLS on both sides.

#include <gtest/gtest.h>

#include "tests/sinks/certificates.h"
#include "tests/sinks/receiver_fixture.h"

namespace circuit::sinks {
namespace {

using testing::Certificate;
using testing::upsert;

class GrpcTlsTest : public testing::ReceiverTest {
 protected:
  GrpcTlsTest() {
    const Certificate authority("authority", "", nullptr);
    const Certificate stranger("stranger", "", nullptr);
    write("authority", authority);
    write("stranger", stranger);
    write("receiver", Certificate("receiver", "DNS:receiver.test", &authority));
    write("worker", Certificate("worker", "DNS:worker.test", &authority));
    write("intruder", Certificate("intruder", "DNS:worker.test", &stranger));

    receiver_options_.tls = {cert("receiver"), key("receiver"), cert("authority")};
    sink_options_.tls = {true, cert("authority"), cert("worker"), key("worker"), "receiver.test"};
    sink_options_.connect_deadline = std::chrono::milliseconds(500);
  }
  void write(const std::string& name, const Certificate& certificate) {
    certificate.write(cert(name), key(name));
  }
  std::string cert(const std::string& name) const { return folder_ / (name + ".crt"); }
  std::string key(const std::string& name) const { return folder_ / (name + ".key"); }
  std::string connect_error() {
    const auto connected = connect();
    return connected ? "none" : connected.error().reason;
  }
  std::string make_error() {
    const auto made = make_grpc_sink("grpc:x", "127.0.0.1:1", sink_options_);
    return made ? "none" : made.error().reason;
  }
};

TEST_F(GrpcTlsTest, DeliversWhenBothSidesKnowEachOther) {
  start();
  const auto delivered = deliver(session("a"), {upsert("a", "1")});
  ASSERT_TRUE(delivered.ok()) << delivered.error().to_string();
  EXPECT_EQ(received(), (std::vector<std::string>{"1"}));
}

TEST_F(GrpcTlsTest, RefusesAReceiverOfAnotherAuthority) {
  start_receiver();
  sink_options_.tls.ca_file = cert("stranger");
  EXPECT_EQ(connect_error(), "SINK_UNREACHABLE");
}

TEST_F(GrpcTlsTest, SaysWhereToLookWhenTheCertificateIsAtFault) {
  start_receiver();
  sink_options_.tls.server_name = "other.test";
  EXPECT_NE(connect().error().next_step.find("certificate"), std::string::npos);
  sink_options_.tls = {};
  EXPECT_NE(connect().error().next_step.find("sinks.grpc_tls"), std::string::npos);
}

TEST_F(GrpcTlsTest, RefusesAReceiverOfAnotherName) {
  start_receiver();
  sink_options_.tls.server_name = "other.test";
  EXPECT_EQ(connect_error(), "SINK_UNREACHABLE");
}

TEST_F(GrpcTlsTest, AWorkerWithoutACertificateIsNotLetIn) {
  start_receiver();
  sink_options_.tls.cert_file.clear();
  sink_options_.tls.key_file.clear();
  EXPECT_EQ(connect_error(), "SINK_UNREACHABLE");
}

TEST_F(GrpcTlsTest, AWorkerOfAnotherAuthorityIsNotLetIn) {
  start_receiver();
  sink_options_.tls.cert_file = cert("intruder");
  sink_options_.tls.key_file = key("intruder");
  EXPECT_EQ(connect_error(), "SINK_UNREACHABLE");
}

TEST_F(GrpcTlsTest, AWorkerWithoutTlsIsNotLetIn) {
  start_receiver();
  sink_options_.tls = {};
  EXPECT_EQ(connect_error(), "SINK_UNREACHABLE");
}

TEST_F(GrpcTlsTest, SaysWhichFileIsWrong) {
  sink_options_.tls.ca_file = folder_ / "missing.crt";
  EXPECT_EQ(make_error(), "SINK_TLS_FILE");
  testing::put(folder_ / "empty.crt", "");
  sink_options_.tls.ca_file = folder_ / "empty.crt";
  EXPECT_EQ(make_error(), "SINK_TLS_FILE");
}

TEST_F(GrpcTlsTest, WantsCertificateAndKeyTogetherAndTlsEnabled) {
  sink_options_.tls.key_file.clear();
  EXPECT_EQ(make_error(), "SINK_TLS_INCOMPLETE");
  sink_options_.tls.cert_file.clear();
  sink_options_.tls.enabled = false;
  EXPECT_EQ(make_error(), "SINK_TLS_INCOMPLETE");
  receiver_options_.tls.key_file.clear();
  const auto started = Receiver::start(receiver_options_);
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().reason, "SINK_TLS_INCOMPLETE");
}

} // namespace
} // namespace circuit::sinks
