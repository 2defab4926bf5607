#include "tests/ingest/cli/world.h"

#include <curl/curl.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace circuit::testing {
namespace {

size_t append(char* data, size_t size, size_t count, void* body) {
  static_cast<std::string*>(body)->append(data, size * count);
  return size * count;
}

std::string request(const std::string& url, bool post) {
  std::string body;
  const std::unique_ptr<CURL, decltype(&::curl_easy_cleanup)> handle(::curl_easy_init(),
                                                                     &::curl_easy_cleanup);
  ::curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  ::curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, &append);
  ::curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &body);
  ::curl_easy_setopt(handle.get(), CURLOPT_FAILONERROR, 1L);
  ::curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT, 30L);
  ::curl_easy_setopt(handle.get(), CURLOPT_PROXY, "");
  if (post) ::curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, "");
  const CURLcode code = ::curl_easy_perform(handle.get());
  if (code != CURLE_OK) throw std::runtime_error(url + ": " + ::curl_easy_strerror(code));
  return body;
}

} // namespace

Folder::Folder() {
  std::string pattern = ::testing::TempDir() + "circuit-cli-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a folder");
  path_ = pattern;
}

Folder::~Folder() {
  std::error_code ignored; // the folder of a failed test may stay
  std::filesystem::remove_all(path_, ignored);
}

std::string Folder::write(const std::string& name, const std::string& text) const {
  std::ofstream(path(name), std::ios::binary) << text;
  return path(name);
}

std::string Folder::read(const std::string& name) const {
  std::stringstream text;
  text << std::ifstream(path(name), std::ios::binary).rdbuf();
  return text.str();
}

Simulator::Simulator(const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {"rss", "--port", "0"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  process_ = std::make_unique<Process>(FEED_SIMULATOR, words);
  if (!process_->wait_for_output("listening on ") || !process_->wait_for_output("\n")) {
    throw std::runtime_error("the simulator does not start: " + process_->err());
  }
  const std::string& out = process_->out();
  base_ = out.substr(out.find("http"));
  base_.resize(base_.find('\n'));
  urls_ = lines(get("/_control/urls"));
}

std::string Simulator::get(const std::string& path) const { return request(url(path), false); }
void Simulator::post(const std::string& path) const { request(url(path), true); }

std::vector<std::string> Simulator::current_documents() const {
  std::vector<std::string> ids;
  const auto truth = boost::json::parse(get("/_control/truth"));
  for (const auto& feed : truth.at("feeds").as_array()) {
    for (const auto& document : feed.at("documents").as_array()) {
      if (document.at("visibility").as_string() != "current") continue;
      ids.emplace_back(document.at("external_id").as_string());
    }
  }
  return ids;
}

int64_t Simulator::requests() const {
  return boost::json::parse(get("/_control/stats")).at("requests").to_number<int64_t>();
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> all;
  std::stringstream stream(text);
  for (std::string line; std::getline(stream, line);) all.push_back(line);
  return all;
}

std::vector<boost::json::object> json_lines(const std::string& text) {
  std::vector<boost::json::object> objects;
  for (const auto& line : lines(text)) {
    boost::system::error_code failed;
    const auto value = boost::json::parse(line, failed);
    EXPECT_FALSE(failed) << line;
    if (!failed && value.is_object()) objects.push_back(value.as_object());
  }
  return objects;
}

} // namespace circuit::testing
