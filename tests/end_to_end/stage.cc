#include "tests/end_to_end/stage.h"

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

namespace circuit::end_to_end {

std::optional<std::string> wait_until_listening(Process& process) {
  static const std::string kReady = "listening on ";
  if (!process.wait_for_output(kReady)) return std::nullopt;
  const std::string& out = process.out();
  const size_t begin = out.find(kReady) + kReady.size();
  if (!process.wait_for_output("\n")) return std::nullopt; // nothing is printed before that line
  return out.substr(begin, out.find('\n', begin) - begin);
}

Stage::Stage() {
  std::string name = (std::filesystem::temp_directory_path() / "circuit-stage-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
  folder_ = name;
}

Stage::~Stage() {
  worker_.reset();
  receiver_.reset();
  simulator_.reset();
  std::error_code ignored; // a leftover in /tmp is no failure of the test
  std::filesystem::remove_all(folder_, ignored);
}

std::string Stage::start(std::unique_ptr<Process>& slot, const std::string& program,
                         std::vector<std::string> arguments) {
  slot = std::make_unique<Process>(program, arguments);
  const auto address = wait_until_listening(*slot);
  if (!address) throw std::runtime_error(program + " did not start: " + slot->err());
  return *address;
}

std::string Stage::start_simulator(std::vector<std::string> flags) {
  std::vector<std::string> arguments{"rss", "--port", "0"};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  return simulator_url_ = start(simulator_, FEED_SIMULATOR, std::move(arguments));
}

std::string Stage::start_receiver(std::vector<std::string> flags) {
  const std::string listen = receiver_address_.empty() ? "127.0.0.1:0" : receiver_address_;
  std::vector<std::string> arguments{"receive", "--listen", listen, "--out", received()};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  return receiver_address_ = start(receiver_, CIRCUIT_FEEDS, std::move(arguments));
}

std::string Stage::start_worker(std::vector<std::string> flags) {
  std::vector<std::string> arguments{"serve",      "--listen",   "127.0.0.1:0",
                                     "--data-dir", path("data"), "--allow-private"};
  if (!receiver_address_.empty()) {
    arguments.insert(arguments.end(), {"--sink", "grpc:" + receiver_address_});
  }
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  return worker_address_ = start(worker_, CIRCUIT_FEEDS, std::move(arguments));
}

void Stage::kill_worker() {
  worker_->signal(SIGKILL);
  worker_->finish();
}

Finished Stage::cli(std::vector<std::string> arguments) { return testing::run(CIRCUIT_FEEDS, arguments); }

std::unique_ptr<Process> Stage::start_cli(std::vector<std::string> arguments) {
  return std::make_unique<Process>(CIRCUIT_FEEDS, arguments);
}

std::vector<std::string> Stage::urls() {
  std::istringstream lines(testing::run("/usr/bin/curl", {"-fsS", simulator_url_ + "/_control/urls"}).out);
  std::vector<std::string> out;
  for (std::string line; std::getline(lines, line);) out.push_back(line);
  return out;
}

void Stage::post(const std::string& control) {
  const Finished done =
      testing::run("/usr/bin/curl", {"-fsS", "-X", "POST", simulator_url_ + "/_control/" + control});
  EXPECT_EQ(done.code, 0) << done.err;
}

boost::json::value Stage::get(const std::string& control) {
  return boost::json::parse(
      testing::run("/usr/bin/curl", {"-fsS", simulator_url_ + "/_control/" + control}).out);
}

Folded fold(const std::string& jsonl_file) {
  Folded folded;
  std::ifstream file(jsonl_file);
  for (std::string line; std::getline(file, line);) {
    v1::Change change;
    const auto parsed = google::protobuf::util::JsonStringToMessage(line, &change);
    EXPECT_TRUE(parsed.ok()) << jsonl_file << " line " << folded.lines << ": " << line.substr(0, 200);
    ++folded.lines;
    const auto id = std::make_pair(change.feed(), change.external_id());
    if (change.kind() == v1::Change::REMOVE) folded.documents.erase(id);
    if (change.kind() != v1::Change::UPSERT) continue;
    ++folded.deliveries[change.feed() + " " + change.external_id() + " " + change.document().version()];
    folded.documents[id] = change.document();
  }
  return folded;
}

std::string difference(const Folded& folded, const boost::json::value& truth) {
  // The simulator's ids are unique over all of its feeds but where feeds share guids; then the text tells
  // them apart.
  std::map<std::string, const v1::Document*> by_id;
  for (const auto& [id, document] : folded.documents) by_id[id.second] = &document;
  std::string out;
  std::set<std::string> may_be_held; // what left the window is no removal
  for (const auto& feed : truth.at("feeds").as_array()) {
    for (const auto& document : feed.at("documents").as_array()) {
      const std::string id(document.at("external_id").as_string());
      if (document.at("visibility").as_string() != "deleted") may_be_held.insert(id);
      if (document.at("visibility").as_string() != "current") continue;
      const std::string marker(document.at("marker").as_string());
      const auto found = by_id.find(id);
      if (found == by_id.end()) {
        out += "missing " + id + "\n";
      } else if (found->second->text().find(marker) == std::string::npos) {
        out += "another version of " + id + "\n";
      }
    }
  }
  for (const auto& [id, document] : by_id) {
    if (!may_be_held.contains(id)) out += "should not be held: " + id + "\n";
  }
  return out;
}

} // namespace circuit::end_to_end
