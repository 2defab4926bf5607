#include "tests/crash/consumer.h"

#include <google/protobuf/util/json_util.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>

namespace circuit::crash {

namespace v1 = circuit::feeds::v1;

namespace {

using DocumentKey = std::pair<int64_t, std::string>; // epoch, external id

std::string name_of(const v1::Change& change) {
  return change.feed() + " " + std::to_string(change.epoch()) + "/" +
         std::to_string(change.sequence() >> 32) + "." + std::to_string(change.sequence() & 0xffffffff) +
         " " + v1::Change::Kind_Name(change.kind()) + " " + change.external_id();
}

// A change is known again by what it makes of its document.
std::string identity_of(const v1::Change& change) {
  return std::to_string(change.epoch()) + " " + std::to_string(change.kind()) + " " + change.external_id() +
         " " + change.document().version() + " " + change.document().content_hash();
}

std::optional<int> version_in(const std::string& text, const std::string& item_marker) {
  const size_t at = text.find(item_marker);
  if (at == std::string::npos) return std::nullopt;
  int version = 0;
  const char* begin = text.data() + at + item_marker.size();
  const auto [end, problem] = std::from_chars(begin, text.data() + text.size(), version);
  return problem == std::errc() ? std::optional(version) : std::nullopt;
}

class Check {
 public:
  Check(const TrueFeed& truth, const Promised& promised) : promised_(promised) {
    for (const auto& document : truth.documents) truth_[document.external_id] = &document;
  }

  void take(size_t index, const Seen& seen) {
    const v1::Change& change = seen.change;
    if (std::pair(change.epoch(), change.sequence()) <= last_)
      say(change, "its sequence number is not higher than the one before");
    last_ = {change.epoch(), change.sequence()};
    check_repeat(index, seen);
    const auto document = truth_.find(change.external_id());
    if (document == truth_.end()) return say(change, "the provider never had it");
    if (change.kind() == v1::Change::REMOVE) {
      held_.erase({change.epoch(), change.external_id()});
      const std::string& visibility = document->second->visibility;
      if (visibility != "deleted" && visibility != "forgotten") say(change, "the provider never deleted it");
      return;
    }
    const auto version = version_in(change.document().text(), document->second->item_marker);
    if (!version) return say(change, "its text is not the provider's");
    Held& held = held_[{change.epoch(), change.external_id()}];
    if (*version < held.version) say(change, "an older version after a newer one");
    held = {*version, name_of(change)};
  }

  void finish() {
    for (const auto& [id, document] : truth_) {
      const auto held = held_.find({promised_.epoch, id});
      const bool holds = held != held_.end();
      if (document->visibility == "deleted" && holds)
        out_ += held->second.by + ": is held though it was deleted\n";
      if (document->visibility != "current") continue;
      const int version = *version_in(document->marker, document->item_marker);
      if (!holds) out_ += "is missing: " + id + "\n";
      if (holds && held->second.version != version)
        out_ += held->second.by + ": is held instead of version " + std::to_string(version) + "\n";
    }
  }

  std::string problems() const { return out_; }

 private:
  void say(const v1::Change& change, const std::string& what) {
    out_ += name_of(change) + ": " + what + "\n";
  }

  // A state of a document that it had before another one is a change like any other.
  void check_repeat(size_t index, const Seen& seen) {
    const Latest now{identity_of(seen.change), index, seen.worker, name_of(seen.change)};
    Latest& latest = latest_[{seen.change.epoch(), seen.change.external_id()}];
    if (latest.identity != now.identity) {
      latest = now;
      return;
    }
    const bool same_worker = latest.worker == now.worker;
    if (latest.index < promised_.settled && index >= promised_.settled)
      return say(seen.change, "came again after the checkpoint of " + latest.name);
    if (!promised_.may_repeat) return say(seen.change, "came twice");
    if (same_worker && now.worker != 0) return say(seen.change, "came twice without a crash in between");
    latest.worker = now.worker;
    if (++repeats_[now.worker] == promised_.repeats_max + 1)
      say(seen.change, "too many repeat after one crash");
  }

  struct Latest {
    std::string identity;
    size_t index = 0;
    int worker = 0; // the last one that sent it
    std::string name;
  };
  const Promised& promised_;
  std::map<std::string, const TrueDocument*> truth_;
  struct Held {
    int version = 0;
    std::string by; // the change that brought it
  };
  std::map<DocumentKey, Held> held_;
  std::map<DocumentKey, Latest> latest_;
  std::map<int, size_t> repeats_;
  std::pair<int64_t, int64_t> last_{0, 0};
  std::string out_;
};

std::string read_whole(const std::filesystem::path& path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

} // namespace

std::string problems(const std::vector<Seen>& seen, const TrueFeed& truth, const Promised& promised) {
  Check check(truth, promised);
  for (size_t i = 0; i < seen.size(); ++i) check.take(i, seen[i]);
  check.finish();
  return check.problems();
}

FileContent read_jsonl(const std::string& path) {
  FileContent content;
  for (int generation = 1; std::filesystem::exists(path + "." + std::to_string(generation)); ++generation) {
    content.text += read_whole(path + "." + std::to_string(generation));
  }
  content.text += read_whole(path);
  std::string_view rest = content.text;
  for (size_t end = rest.find('\n'); end != rest.npos; end = rest.find('\n')) {
    v1::Change change;
    const std::string line(rest.substr(0, end));
    rest.remove_prefix(end + 1);
    if (!google::protobuf::util::JsonStringToMessage(line, &change).ok()) {
      content.problems += path + " has a line that is no change: " + line.substr(0, 100) + "\n";
      continue;
    }
    content.seen[change.feed()].push_back({std::move(change), 0});
  }
  if (!rest.empty())
    content.problems += path + " ends within a line: " + std::string(rest.substr(0, 100)) + "\n";
  return content;
}

} // namespace circuit::crash
