// TLS between a RemoteControl and a Server, and the files it is made of.

#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "tests/ingest/api/certificates.h"
#include "tests/ingest/api/worker_fixture.h"

namespace circuit::api {
namespace {

class Tls : public WorkerTest {
 protected:
  Tls() {
    std::string pattern = std::filesystem::temp_directory_path() / "circuit-tls-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    control_.on_get_feed = [](v1::GetFeedRequest r) {
      v1::Feed feed;
      feed.set_name(r.name());
      return ready<v1::Feed>(feed);
    };
  }
  ~Tls() override { std::filesystem::remove_all(folder_); }

  // Writes it into the folder and returns its path.
  std::string file(const std::string& name, const std::string& content) {
    const std::string path = folder_ / name;
    // Replaced at once, as certificates are renewed.
    std::ofstream(path + ".new") << content;
    std::filesystem::rename(path + ".new", path);
    return path;
  }
  ServerOptions with_certificate_of(const Authority& authority) {
    const PemPair pair = authority.issue("worker");
    ServerOptions options;
    options.tls.certificate_file = file("worker.pem", pair.certificate);
    options.tls.key_file = file("worker.key", pair.key);
    return options;
  }
  RemoteOptions trusting(const Authority& authority) {
    RemoteOptions options = here();
    options.tls.enabled = true;
    options.tls.ca_file = file("trusted.pem", authority.certificate());
    return options;
  }
  void identify(RemoteOptions& options, const PemPair& pair) {
    options.tls.certificate_file = file("client.pem", pair.certificate);
    options.tls.key_file = file("client.key", pair.key);
  }
  // "" or the reason of the error.
  std::string outcome(const RemoteOptions& options) {
    connect(options);
    const Result<v1::Feed> feed = get_feed("feeds/a");
    return feed ? "" : feed.error().reason;
  }

  std::filesystem::path folder_;
  Authority ours_{"ours"};
  Authority theirs_{"theirs"};
};

TEST_F(Tls, AClientThatTrustsTheWorkerIsServed) {
  ServerOptions options = with_certificate_of(ours_);
  options.address = "0.0.0.0:0"; // strangers may come: they are on TLS
  serve(options);
  RemoteOptions client = trusting(ours_);
  client.address = "127.0.0.1" + client.address.substr(client.address.rfind(':'));
  EXPECT_EQ(outcome(client), "");
}

TEST_F(Tls, AClientThatDoesNotTrustTheWorkerSaysNothing) {
  serve(with_certificate_of(ours_));
  EXPECT_EQ(outcome(trusting(theirs_)), "SERVER_UNREACHABLE");
}

TEST_F(Tls, AClientThatExpectsAnotherNameSaysNothing) {
  serve(with_certificate_of(ours_));
  RemoteOptions client = trusting(ours_);
  client.tls.server_name = "worker.example.org";
  EXPECT_EQ(outcome(client), "SERVER_UNREACHABLE");
}

TEST_F(Tls, AClientWithoutTlsIsNotServed) {
  serve(with_certificate_of(ours_));
  EXPECT_EQ(outcome(here()), "SERVER_UNREACHABLE");
}

TEST_F(Tls, AWorkerThatWantsToKnowItsClientsServesThoseOfItsAuthorityAlone) {
  ServerOptions options = with_certificate_of(ours_);
  options.tls.client_ca_file = file("clients.pem", ours_.certificate());
  serve(options);
  RemoteOptions client = trusting(ours_);
  EXPECT_EQ(outcome(client), "SERVER_UNREACHABLE") << "without a certificate";
  identify(client, theirs_.issue("orchestrator"));
  EXPECT_EQ(outcome(client), "SERVER_UNREACHABLE") << "with somebody else's";
  identify(client, ours_.issue("orchestrator"));
  EXPECT_EQ(outcome(client), "");
}

TEST_F(Tls, ARenewedCertificateIsTakenUpWithoutARestart) {
  serve(with_certificate_of(ours_));
  ASSERT_EQ(outcome(trusting(ours_)), "");
  with_certificate_of(theirs_);
  std::string last = "unasked";
  for (int i = 0; i < 60 && !last.empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    last = outcome(trusting(theirs_));
  }
  EXPECT_EQ(last, "");
}

TEST_F(Tls, FilesThatCannotWorkAreRefusedAtTheStart) {
  const PemPair pair = ours_.issue("worker");
  const PemPair other = ours_.issue("other");
  const std::string certificate = file("a.pem", pair.certificate);
  const std::string key = file("a.key", pair.key);
  const std::string other_key = file("b.key", other.key);
  const std::string junk = file("junk", "not PEM");
  struct Case {
    const char* what;
    ServerTls tls;
    const char* reason;
  };
  for (const auto& [what, tls, reason] :
       {Case{"no key", {certificate, "", ""}, "TLS_FILE_UNREADABLE"},
        Case{"no certificate", {"", key, ""}, "TLS_FILE_UNREADABLE"},
        Case{"client authority alone", {"", "", certificate}, "TLS_FILE_UNREADABLE"},
        Case{"missing", {folder_ / "none.pem", key, ""}, "TLS_FILE_UNREADABLE"},
        Case{"a folder", {folder_, key, ""}, "TLS_FILE_UNREADABLE"},
        Case{"junk certificate", {junk, key, ""}, "TLS_FILE_INVALID"},
        Case{"junk key", {certificate, junk, ""}, "TLS_FILE_INVALID"},
        Case{"junk authority", {certificate, key, junk}, "TLS_FILE_INVALID"},
        Case{"somebody else's key", {certificate, other_key, ""}, "TLS_KEY_MISMATCH"}}) {
    ServerOptions options;
    options.tls = tls;
    const Error error = refusal(options);
    EXPECT_EQ(error.reason, reason) << what;
    EXPECT_EQ(error.cls, ErrorClass::kInvalid) << what;
    EXPECT_EQ(error.to_string().find("BEGIN"), std::string::npos) << what;
  }
}

TEST_F(Tls, AClientDoesNotSpeakOpenlyToAnotherMachineUnlessTold) {
  RemoteOptions options;
  options.address = "192.0.2.1:7300";
  auto refused = RemoteControl::open(options, thread_.loop());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "INSECURE_ADDRESS");
  options.allow_insecure = true;
  EXPECT_TRUE(RemoteControl::open(options, thread_.loop()));
}

} // namespace
} // namespace circuit::api
