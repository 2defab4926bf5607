// The program as scripts use it: started, asked, stopped by its pid.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class Program {
 public:
  explicit Program(std::vector<std::string> arguments) {
    int ends[2];
    if (pipe(ends) != 0) return;
    pid_ = fork();
    if (pid_ == 0) {
      dup2(ends[1], STDOUT_FILENO);
      dup2(ends[1], STDERR_FILENO);
      close(ends[0]);
      arguments.insert(arguments.begin(), FEED_SIMULATOR);
      std::vector<char*> argv;
      for (std::string& argument : arguments) argv.push_back(argument.data());
      argv.push_back(nullptr);
      execv(argv[0], argv.data());
      _exit(127);
    }
    close(ends[1]);
    out_ = ends[0];
  }
  ~Program() {
    if (pid_ > 0) stop(SIGKILL);
    close(out_);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  std::string line() {
    std::string text;
    char c = 0;
    while (read(out_, &c, 1) == 1 && c != '\n') text += c;
    return text;
  }
  int wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  int stop(int signal) {
    kill(pid_, signal);
    return wait();
  }

 private:
  pid_t pid_ = -1;
  int out_ = -1;
};

std::string get(const std::string& origin, const std::string& target) {
  namespace asio = boost::asio;
  asio::io_context context;
  asio::ip::tcp::socket socket(context);
  const auto port = static_cast<unsigned short>(std::stoi(origin.substr(origin.rfind(':') + 1)));
  socket.connect({asio::ip::address_v4::loopback(), port});
  asio::write(socket, asio::buffer("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  std::string answer;
  boost::system::error_code error;
  asio::read(socket, asio::dynamic_buffer(answer), error);
  return answer;
}

std::string origin_in(const std::string& line) { return line.substr(line.rfind(' ') + 1); }

TEST(FeedSimulator, SaysWhereItListensServesAndStopsCleanly) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Program program({"rss", "--feeds", "3", "--items", "4"});
    const std::string line = program.line();
    ASSERT_THAT(line, StartsWith("listening on http://127.0.0.1:"));
    const std::string origin = origin_in(line);
    EXPECT_THAT(get(origin, "/feeds/0.xml"), HasSubstr("HTTP/1.1 200 OK"));
    EXPECT_THAT(get(origin, "/_control/urls"), EndsWith(origin + "/feeds/2.xml\n"));
    EXPECT_EQ(program.stop(signal), 0);
  }
}

TEST(FeedSimulator, ServesTheSameBytesForTheSameSeed) {
  const auto page = [](const std::string& seed) {
    Program program({"rss", "--kinds", "drawn", "--feeds", "3", "--seed", seed});
    const std::string answer = get(origin_in(program.line()), "/_control/truth");
    return answer.substr(answer.find("\"documents\""));
  };
  // Without what holds the port.
  const auto documents = [&](const std::string& seed) {
    const std::string text = page(seed);
    return text.substr(0, text.find("\"url\""));
  };
  EXPECT_EQ(documents("5"), documents("5"));
  EXPECT_NE(documents("5"), documents("6"));
}

TEST(FeedSimulator, ServesBlobsToWhoSignsAndToNobodyElse) {
  const std::string key = ::testing::TempDir() + "/account.key." + std::to_string(::getpid());
  std::ofstream(key) << "dGhlIGtleSBvZiBhIHRlc3Q=\n";
  Program program({"azure-blob", "--account", "tested", "--key-file", key, "--blobs", "3"});
  const std::string line = program.line();
  EXPECT_THAT(line, EndsWith("/tested"));
  const std::string address = origin_in(line);
  const std::string origin = address.substr(0, address.rfind('/'));
  EXPECT_THAT(get(origin, "/tested/docs?restype=container&comp=list"),
              HasSubstr("NoAuthenticationInformation"));
  EXPECT_EQ(program.stop(SIGTERM), 0);
  Program without_key({"azure-blob", "--key-file", key + ".missing"});
  EXPECT_THAT(without_key.line(), HasSubstr("holds no key"));
  EXPECT_EQ(without_key.wait(), 1);
  std::remove(key.c_str());
}

TEST(FeedSimulator, RefusesWhatItDoesNotKnow) {
  Program unknown_flag({"rss", "--bogus"});
  EXPECT_THAT(unknown_flag.line(), HasSubstr("--bogus"));
  EXPECT_EQ(unknown_flag.wait(), 2);
  Program bad_rate({"rss", "--faults", "2"});
  EXPECT_EQ(bad_rate.wait(), 2);
  Program nothing({});
  EXPECT_EQ(nothing.wait(), 2);
  Program everywhere({"rss", "--bind", "0.0.0.0"});
  EXPECT_THAT(everywhere.line(), HasSubstr("loopback"));
  EXPECT_EQ(everywhere.wait(), 1);
}

} // namespace
