// Where the browser comes back to, spoken to over a plain socket.

#include "ingest/cli/redirect_receiver.h"

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <thread>

#include "ingest/runtime/system_loop.h"
#include "tests/ingest/state/running.h"

namespace circuit::cli {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using state::testing::run;

struct Browser {
  explicit Browser(const RedirectReceiver& receiver) {
    const std::string& uri = receiver.redirect_uri(); // "http://127.0.0.1:PORT/callback"
    host = uri.substr(7, uri.find('/', 7) - 7);
    port = static_cast<uint16_t>(std::stoi(host.substr(host.find(':') + 1)));
  }

  // The whole answer; empty where nobody answers.
  std::string get(const std::string& target, const std::string& as_host, const char* method = "GET") const {
    asio::io_context io;
    tcp::socket socket(io);
    boost::system::error_code failed;
    socket.connect({asio::ip::address_v4::loopback(), port}, failed);
    if (failed) return "";
    asio::write(
        socket,
        asio::buffer(std::string(method) + " " + target + " HTTP/1.1\r\nHost: " + as_host + "\r\n\r\n"),
        failed);
    std::string answer;
    asio::read(socket, asio::dynamic_buffer(answer), failed);
    return answer;
  }
  std::string get(const std::string& target) const { return get(target, host); }

  std::string host;
  uint16_t port = 0;
};

Task<Result<std::string>> receive_and_welcome(RedirectReceiver* receiver, std::string account) {
  auto url = co_await receiver->receive(std::chrono::seconds(10));
  co_await receiver->answer_success(account);
  co_return url;
}

Task<Result<std::string>> receive_and_refuse(RedirectReceiver* receiver, Error why) {
  auto url = co_await receiver->receive(std::chrono::seconds(10));
  co_await receiver->answer_failure(why);
  co_return url;
}

TEST(RedirectReceiver, GivesTheWholeAddressAndShowsAPageWithoutScripts) {
  SystemLoop loop;
  auto receiver = RedirectReceiver::open(loop);
  ASSERT_TRUE(receiver.ok());
  const Browser browser(**receiver);
  std::string page;
  std::thread person([&] { page = browser.get("/callback?code=c%2Fd&state=s"); });
  const auto url = run(loop, receive_and_welcome(receiver->get(), "<b>ada</b>"));
  person.join();
  ASSERT_TRUE(url.ok());
  EXPECT_EQ(*url, "http://" + browser.host + "/callback?code=c%2Fd&state=s");
  EXPECT_NE(page.find("200 OK"), std::string::npos);
  EXPECT_NE(page.find("Connected"), std::string::npos);
  EXPECT_NE(page.find("&lt;b&gt;ada&lt;/b&gt;"), std::string::npos) << page;
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_NE(page.find("Content-Security-Policy: default-src 'none'"), std::string::npos);
  EXPECT_NE(page.find("Referrer-Policy: no-referrer"), std::string::npos);
  EXPECT_NE(page.find("Cache-Control: no-store"), std::string::npos);
  EXPECT_EQ(browser.get("/callback?code=again"), "") << "the port is closed";
}

TEST(RedirectReceiver, SaysWhyNotAndWhatToDo) {
  SystemLoop loop;
  auto receiver = RedirectReceiver::open(loop);
  ASSERT_TRUE(receiver.ok());
  const Browser browser(**receiver);
  std::string page;
  std::thread person([&] { page = browser.get("/callback?error=access_denied"); });
  const Error why = make_error(ErrorClass::kAuth, "AUTHORIZATION_DENIED", "The person said no", "Ask again.");
  EXPECT_TRUE(run(loop, receive_and_refuse(receiver->get(), why)).ok());
  person.join();
  EXPECT_NE(page.find("Not connected"), std::string::npos);
  EXPECT_NE(page.find("The person said no"), std::string::npos);
  EXPECT_NE(page.find("Ask again."), std::string::npos);
}

TEST(RedirectReceiver, AnswersNothingButItsOnePathUnderItsOwnName) {
  SystemLoop loop;
  auto receiver = RedirectReceiver::open(loop);
  ASSERT_TRUE(receiver.ok());
  const Browser browser(**receiver);
  EXPECT_NE(browser.get("/favicon.ico").find("404"), std::string::npos);
  EXPECT_NE(browser.get("/callback").find("404"), std::string::npos) << "without a query nothing came back";
  EXPECT_NE(browser.get("/callback?code=c", "rebound.example").find("404"), std::string::npos);
  EXPECT_NE(browser.get("/callback?code=c", browser.host, "POST").find("404"), std::string::npos);
  // And waits for the right one all the while.
  std::thread person([&] { browser.get("/callback?code=c"); });
  EXPECT_TRUE(run(loop, receive_and_welcome(receiver->get(), "")).ok());
  person.join();
}

TEST(RedirectReceiver, NobodyIsWaitedForLongerThanAsked) {
  SystemLoop loop;
  auto receiver = RedirectReceiver::open(loop);
  ASSERT_TRUE(receiver.ok());
  const auto url = run(loop, (*receiver)->receive(std::chrono::milliseconds(50)));
  ASSERT_FALSE(url.ok());
  EXPECT_EQ(url.error().reason, "AUTHORIZATION_TIMED_OUT");
}

} // namespace
} // namespace circuit::cli
