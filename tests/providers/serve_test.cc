#include "tests/providers/serve.h"

#include <curl/curl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "tests/providers/fault_plan.h"
#include "tests/providers/faulty_provider.h"
#include "tests/providers/rss/control.h"

namespace circuit::providers {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct Answer {
  CURLcode code = CURLE_OK;
  long status = 0;
  long connects = 0;
  std::string headers, body;
};

size_t append_to(char* data, size_t size, size_t count, void* out) {
  static_cast<std::string*>(out)->append(data, size * count);
  return size * count;
}

// A server in front of a world of one feed, and a client that keeps its connection.
class ServeTest : public testing::Test {
 protected:
  void SetUp() override {
    world_.add_feed(rss::plain_traits(rss::Format::kRss20), 10);
    auto listened = ProviderServer::listen(control_, {});
    ASSERT_TRUE(listened);
    server_ = std::move(*listened);
    simulator_.set_base_url(server_->base_url());
    server_->start();
  }
  void TearDown() override {
    curl_easy_cleanup(curl_);
    if (server_) server_->stop();
  }

  Answer send(const std::string& method, const std::string& target, const char* header = nullptr) {
    Answer answer;
    curl_easy_reset(curl_);
    curl_slist* headers = header != nullptr ? curl_slist_append(nullptr, header) : nullptr;
    const std::string url = server_->base_url() + target;
    curl_easy_setopt(curl_, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl_, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl_, CURLOPT_TIMEOUT, 20L);
    if (method == "HEAD") curl_easy_setopt(curl_, CURLOPT_NOBODY, 1L);
    if (method == "POST") curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, "");
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, append_to);
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &answer.body);
    curl_easy_setopt(curl_, CURLOPT_HEADERFUNCTION, append_to);
    curl_easy_setopt(curl_, CURLOPT_HEADERDATA, &answer.headers);
    answer.code = curl_easy_perform(curl_);
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &answer.status);
    curl_easy_getinfo(curl_, CURLINFO_NUM_CONNECTS, &answer.connects);
    curl_slist_free_all(headers);
    return answer;
  }
  Answer get(const std::string& target, const char* header = nullptr) { return send("GET", target, header); }
  void force(Fault fault) {
    server_->call([&] { plan_.force(fault); });
  }
  // What the server says to these bytes before it closes the connection.
  std::string talk(const std::string& bytes) {
    boost::asio::io_context context;
    boost::asio::ip::tcp::socket socket(context);
    socket.connect({boost::asio::ip::address_v4::loopback(), server_->port()});
    boost::asio::write(socket, boost::asio::buffer(bytes));
    std::string answer;
    boost::system::error_code error;
    boost::asio::read(socket, boost::asio::dynamic_buffer(answer), error);
    return answer;
  }

  rss::World world_{rss::WorldOptions{}};
  rss::RssSimulator simulator_{world_, {}};
  FaultPlan plan_{4, FaultRates::none()};
  FaultyProvider faulty_{simulator_, plan_};
  rss::RssControl control_{world_, simulator_, faulty_, plan_};
  std::unique_ptr<ProviderServer> server_;
  CURL* curl_ = curl_easy_init();
};

TEST_F(ServeTest, KeepsConnectionsAndAnswersConditions) {
  const Answer first = get("/feeds/0.xml");
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.connects, 1);
  EXPECT_THAT(first.body, HasSubstr("<rss version=\"2.0\""));
  EXPECT_THAT(first.body, HasSubstr(server_->base_url() + "/feeds/0.xml"));
  const Answer second = get("/feeds/0.xml", "If-None-Match: \"0-1-1\"");
  EXPECT_EQ(second.status, 304);
  EXPECT_EQ(second.connects, 0);
  EXPECT_EQ(second.body, "");
}

TEST_F(ServeTest, AnswersHeadWithTheLengthAlone) {
  const Answer head = send("HEAD", "/feeds/0.xml");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
  EXPECT_THAT(head.headers,
              HasSubstr("Content-Length: " + std::to_string(get("/feeds/0.xml").body.size()) + "\r\n"));
}

TEST_F(ServeTest, AnswersPipelinedRequestsInOrder) {
  const std::string answer = talk(
      "GET /feeds/9.xml HTTP/1.1\r\nHost: x\r\n\r\nHEAD /feeds/0.xml HTTP/1.1\r\nHost: x\r\nConnection: "
      "close\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_THAT(answer, HasSubstr("</html>\nHTTP/1.1 200 OK\r\n"));
}

TEST_F(ServeTest, SendsLargeBodiesInChunksAndWithoutThemToOldClients) {
  const Answer chunked = get("/odd/huge?bytes=3000000");
  EXPECT_THAT(chunked.headers, HasSubstr("Transfer-Encoding: chunked"));
  EXPECT_GE(chunked.body.size(), 3'000'000u);
  const std::string old = talk("GET /odd/huge?bytes=100000 HTTP/1.0\r\nHost: x\r\n\r\n");
  EXPECT_THAT(old, HasSubstr("Connection: close\r\n\r\n<?xml"));
  EXPECT_THAT(old, testing::EndsWith("</rss>\n"));
}

TEST_F(ServeTest, BreaksConnectionsForReal) {
  force(Fault::kReset);
  EXPECT_EQ(get("/feeds/0.xml").code, CURLE_RECV_ERROR);
  force(Fault::kRefused);
  EXPECT_EQ(get("/feeds/0.xml").code, CURLE_RECV_ERROR);
  force(Fault::kTruncated);
  const Answer cut = get("/feeds/0.xml");
  EXPECT_EQ(cut.code, CURLE_PARTIAL_FILE);
  EXPECT_EQ(get("/feeds/0.xml").code, CURLE_OK);
}

TEST_F(ServeTest, SendsSlowBodiesWhole) {
  const std::string whole = get("/feeds/0.xml").body;
  force(Fault::kSlow);
  const Answer slow = get("/feeds/0.xml");
  EXPECT_EQ(slow.code, CURLE_OK);
  EXPECT_EQ(slow.body, whole);
}

TEST_F(ServeTest, ListensOnLoopbackAloneAndSaysWhenItCannot) {
  const auto everywhere = ProviderServer::listen(control_, {.address = "0.0.0.0"});
  ASSERT_FALSE(everywhere);
  EXPECT_EQ(everywhere.error().reason, "ADDRESS_NOT_LOOPBACK");
  const auto taken = ProviderServer::listen(control_, {.port = server_->port()});
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().reason, "ADDRESS_UNAVAILABLE");
}

TEST_F(ServeTest, SurvivesWhatIsNotHttp) {
  EXPECT_EQ(talk(std::string("\x16\x03\x01\x00\xff nonsense\r\n\r\n", 18)), "");
  EXPECT_EQ(get("/feeds/0.xml").status, 200);
}

TEST_F(ServeTest, IsSteeredAndCountsWhatWasFetched) {
  get("/feeds/0.xml");
  get("/feeds/0.xml", "If-None-Match: \"0-1-1\"");
  EXPECT_THAT(get("/_control/stats").body, StartsWith(R"({"requests":2,"not_modified":1,)"));
  EXPECT_THAT(get("/_control/stats").body, HasSubstr(R"("seconds":)"));
  EXPECT_EQ(get("/_control/urls").body, server_->base_url() + "/feeds/0.xml\n");
  EXPECT_EQ(send("POST", "/_control/advance?changes=3").status, 200);
  EXPECT_EQ(get("/feeds/0.xml", "If-None-Match: \"0-1-1\"").status, 200);
  EXPECT_EQ(send("POST", "/_control/edit?feed=0").status, 200);
  EXPECT_THAT(get("/_control/truth").body, HasSubstr("\"visibility\":\"current\""));
  EXPECT_THAT(send("POST", "/_control/stats").body, StartsWith(R"({"requests":0,)"));
  send("POST", "/_control/state?feed=0&state=gone");
  EXPECT_EQ(get("/feeds/0.xml").status, 410);
}

TEST_F(ServeTest, RefusesChangesThatMakeNoSense) {
  const std::string truth = get("/_control/truth").body;
  EXPECT_EQ(send("POST", "/_control/advance").status, 400);
  EXPECT_EQ(send("POST", "/_control/advance?changes=-1").status, 400);
  EXPECT_EQ(send("POST", "/_control/edit?feed=1").status, 400);
  EXPECT_EQ(send("POST", "/_control/edit?feed=0&item=77").status, 409);
  EXPECT_EQ(send("POST", "/_control/delete?feed=0").status, 409);
  EXPECT_EQ(send("POST", "/_control/move?feed=0&status=200").status, 400);
  EXPECT_EQ(send("POST", "/_control/unknown?feed=0").status, 404);
  EXPECT_EQ(get("/_control/unknown").status, 404);
  EXPECT_EQ(get("/_control/truth").body, truth);
}

} // namespace
} // namespace circuit::providers
