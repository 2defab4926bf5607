#include "tests/end_to_end/oauth_stage.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/json/parse.hpp>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/end_to_end/stage.h"

namespace circuit::end_to_end {
namespace {

constexpr char kNode[] = "/usr/bin/node";
constexpr char kCurl[] = "/usr/bin/curl";

std::string script(const std::string& name) { return std::string(OAUTH_SCRIPTS) + "/" + name; }

void write_private(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
  ::chmod(path.c_str(), S_IRUSR | S_IWUSR);
}

} // namespace

std::string OAuthStage::missing() {
  if (!std::filesystem::exists(kNode)) return "node is not installed";
  if (!std::filesystem::exists(script("node_modules/oidc-provider"))) {
    return "the packages are not installed: npm ci --prefix tests/end_to_end/oauth";
  }
  return "";
}

OAuthStage::OAuthStage(int access_token_seconds) {
  std::string name = (std::filesystem::temp_directory_path() / "circuit-oauth-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
  folder_ = name;
  // A marker that is nowhere else, made for this run alone.
  std::ifstream random("/proc/sys/kernel/random/uuid");
  std::string marker;
  std::getline(random, marker);
  const std::string client_secret = "client-secret-" + marker;
  write_private(path("server.json"),
                "{\"client_id\": \"circuit-test\", \"client_secret\": \"" + client_secret +
                    "\", \"access_token_seconds\": " + std::to_string(access_token_seconds) +
                    ", \"scopes\": [\"api\", \"id\", \"refresh_token\"]}");
  server_ = std::make_unique<Process>(
      kNode, std::vector<std::string>{script("authorization_server.mjs"), path("server.json")});
  const auto address = wait_until_listening(*server_);
  if (!address) throw std::runtime_error("the authorization server did not start: " + server_->err());
  issuer_ = *address;

  write_private(path("client.secret"), client_secret + "\n");
  write_private(path("applications.yaml"),
                "applications:\n  salesforce:\n    client_id: circuit-test\n"
                "    client_secret_file: client.secret\n    issuer: " +
                    issuer_ + "\n    authorization_endpoint: " + issuer_ +
                    "/auth\n    token_endpoint: " + issuer_ + "/token\n    revocation_endpoint: " + issuer_ +
                    "/token/revocation\n    account_url: " + issuer_ + "/me\n    base_url: " + issuer_ +
                    "\n");
  write_private(path("worker.yaml"), "credentials:\n  applications_file: " + path("applications.yaml") +
                                         "\nhttp:\n  allow_private: true\n");
  const Finished made = testing::run(CIRCUIT_FEEDS, {"keys", "generate", "--out", path("master.key")});
  if (made.code != 0) throw std::runtime_error("no master key: " + made.err);
}

OAuthStage::~OAuthStage() {
  worker_.reset();
  server_.reset();
  std::error_code ignored; // a leftover in /tmp is no failure of the test
  std::filesystem::remove_all(folder_, ignored);
}

std::vector<std::string> OAuthStage::local_flags() const {
  return {"--data-dir", path("data"), "--config", path("worker.yaml"), "--master-key", path("master.key")};
}

void OAuthStage::start_worker() {
  std::vector<std::string> arguments{"serve", "--listen", "127.0.0.1:0", "--log-level", "debug"};
  const auto flags = local_flags();
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  worker_ = std::make_unique<Process>(CIRCUIT_FEEDS, arguments);
  const auto address = wait_until_listening(*worker_);
  if (!address) throw std::runtime_error("the worker did not start: " + worker_->err());
  worker_address_ = *address;
}

void OAuthStage::stop_worker() {
  worker_->signal(SIGTERM);
  const Finished stopped = worker_->finish();
  EXPECT_EQ(stopped.code, 143) << stopped.err;
  hear(stopped);
  worker_.reset();
  worker_address_.clear();
}

std::unique_ptr<Process> OAuthStage::start_cli(std::vector<std::string> arguments) {
  const auto flags = worker_ ? std::vector<std::string>{"--server", worker_address_} : local_flags();
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  return std::make_unique<Process>(CIRCUIT_FEEDS, arguments);
}

Finished OAuthStage::cli(std::vector<std::string> arguments, const std::string& input) {
  const auto flags = worker_ ? std::vector<std::string>{"--server", worker_address_} : local_flags();
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  Finished finished = testing::run(CIRCUIT_FEEDS, arguments, {}, input);
  hear(finished);
  return finished;
}

std::string OAuthStage::authorization_url(Process& connecting) {
  const std::string begins = issuer_ + "/auth?";
  if (!connecting.wait_for_error(begins) || !connecting.wait_for_error("Waiting")) return "";
  const size_t begin = connecting.err().find(begins);
  return connecting.err().substr(begin, connecting.err().find('\n', begin) - begin);
}

std::string OAuthStage::redirect_of(const std::string& url, const std::string& answer) {
  std::string out = testing::run(kNode, {script("person.mjs"), url, answer, "--stop"}).out;
  while (out.ends_with('\n')) out.pop_back();
  return out;
}

OAuthStage::Connected OAuthStage::connect(const std::string& name, const std::string& answer,
                                          Browser browser) {
  const auto connecting =
      start_cli({"connect", "salesforce", "--name", name, "--scope", "openid", "--no-browser", "--timeout",
                 "45s", "--param", "login_host=example.my.salesforce.com"});
  const std::string url = authorization_url(*connecting);
  Connected connected;
  if (!url.empty()) {
    std::vector<std::string> person{script("person.mjs"), url, answer};
    if (browser == Browser::kChromium) person = {script("browser.mjs"), url, answer, path("profile-" + name)};
    const Finished seen = testing::run(kNode, person);
    connected.shown = seen.out + seen.err;
  }
  connected.command = connecting->finish();
  hear(connected.command);
  said_ += connected.shown;
  return connected;
}

boost::json::value OAuthStage::connection(const std::string& name) {
  const Finished shown = cli({"connections", "show", name, "--json"});
  return shown.code == 0 ? boost::json::parse(shown.out) : boost::json::parse("{}");
}

int OAuthStage::seen(const std::string& event) {
  const auto all = boost::json::parse(testing::run(kCurl, {"-fsS", issuer_ + "/_seen"}).out).as_object();
  const auto* count = all.if_contains(event);
  return count == nullptr ? 0 : static_cast<int>(count->as_int64());
}

std::vector<std::string> OAuthStage::secrets() {
  std::istringstream lines(testing::run(kCurl, {"-fsS", issuer_ + "/_secrets"}).out);
  std::vector<std::string> all;
  for (std::string line; std::getline(lines, line);) all.push_back(line);
  return all;
}

} // namespace circuit::end_to_end
