#include "ingest/text/glob.h"

#include <algorithm>
#include <bitset>
#include <utility>

namespace circuit::text {
namespace {

using Bytes = std::bitset<256>;

constexpr unsigned char kSlash = '/';

Bytes one_byte(char c) { return Bytes().set(static_cast<unsigned char>(c)); }

// What begins a character, and is no '/'.
Bytes any_beginning() {
  Bytes all;
  for (size_t byte = 0; byte < 256; ++byte) all.set(byte, byte < 0x80 || byte >= 0xC0);
  return all.reset(kSlash);
}

Error malformed(std::string_view pattern, const std::string& why) {
  return make_error(
             ErrorClass::kInvalid, "GLOB_MALFORMED",
             "The glob '" + std::string(pattern.substr(0, 100)) + "' " + why,
             "Write it with *, **, ? and [abc]; a backslash before one of these means the character itself.")
      .with("glob", std::string(pattern.substr(0, 100)));
}

} // namespace

// Reads a pattern from left to right into steps: each is a set of bytes that leads to the next state.
class GlobCompiler {
 public:
  explicit GlobCompiler(std::string_view pattern) : pattern_(pattern) {}

  Result<Glob> compile() {
    if (pattern_.empty()) return malformed(pattern_, "is empty");
    if (pattern_.size() > Glob::kMaxBytes) {
      return malformed(pattern_, "is longer than " + std::to_string(Glob::kMaxBytes) + " bytes");
    }
    while (at_ < pattern_.size()) {
      if (auto read = read_one(); !read) return std::move(read).error();
    }
    return build();
  }

 private:
  struct Step {
    Bytes bytes;
    bool stays = false, stays_in_part = false, skips = false;
    bool ends_character = false; // the state after it takes the character's other bytes
  };

  Result<void> read_one() {
    const char c = pattern_[at_];
    if (c == '*') {
      read_stars();
      return {};
    }
    if (c == '?') {
      ++at_;
      add(any_beginning(), true);
      return {};
    }
    if (c == '[') return read_class();
    if (c == '\\' && ++at_ == pattern_.size()) return malformed(pattern_, "ends with a backslash");
    if (is_literal_) prefix_ += pattern_[at_];
    Step step = std::exchange(next_, Step());
    step.bytes = one_byte(pattern_[at_++]);
    steps_.push_back(step);
    return {};
  }

  void read_stars() {
    is_literal_ = false;
    const size_t begin = at_;
    while (at_ < pattern_.size() && pattern_[at_] == '*') ++at_;
    if (at_ - begin == 1) {
      next_.stays_in_part = true;
      return;
    }
    const bool begins_part = begin == 0 || pattern_[begin - 1] == '/';
    if (begins_part && at_ < pattern_.size() && pattern_[at_] == '/') {
      ++at_;
      if (!steps_.empty() && steps_.back().skips && !next_.stays) return; // "**/**/" says nothing more
      Step parts = std::exchange(next_, Step());
      parts.stays = parts.skips = true;
      parts.bytes = one_byte('/');
      steps_.push_back(parts);
      return;
    }
    next_.stays = true;
  }

  Result<void> read_class() {
    size_t at = at_ + 1;
    const bool others = at < pattern_.size() && (pattern_[at] == '!' || pattern_[at] == '^');
    if (others) ++at;
    Bytes members;
    for (bool first = true;; first = false) {
      if (at >= pattern_.size()) return malformed(pattern_, "has a '[' without its ']'");
      if (pattern_[at] == ']' && !first) break;
      if (pattern_[at] == '\\' && ++at >= pattern_.size())
        return malformed(pattern_, "ends with a backslash");
      const auto from = static_cast<unsigned char>(pattern_[at++]);
      auto to = from;
      if (at + 1 < pattern_.size() && pattern_[at] == '-' && pattern_[at + 1] != ']') {
        to = static_cast<unsigned char>(pattern_[at + 1]);
        at += 2;
      }
      if (from >= 0x80 || to >= 0x80) return malformed(pattern_, "has a class with a character beyond ASCII");
      if (from > to) return malformed(pattern_, "has a range that runs backwards");
      for (size_t member = from; member <= to; ++member) members.set(member);
    }
    at_ = at + 1;
    add(others ? any_beginning() & ~members : members.reset(kSlash), others);
    return {};
  }

  void add(const Bytes& bytes, bool may_be_long) {
    is_literal_ = false;
    Step step = std::exchange(next_, Step());
    step.bytes = bytes;
    step.ends_character = may_be_long;
    steps_.push_back(step);
  }

  Glob build() {
    Glob glob;
    glob.last_ = steps_.size();
    glob.words_ = steps_.size() / 64 + 1;
    glob.step_on_.assign(glob.words_ * 256, 0);
    for (Glob::States* set : {&glob.stays_, &glob.stays_in_part_, &glob.stays_in_character_, &glob.skips_}) {
      set->assign(glob.words_, 0);
    }
    const auto put = [](Glob::States& states, size_t state, bool value) {
      if (value) states[state / 64] |= Glob::Word{1} << (state % 64);
    };
    steps_.push_back(next_); // of the state that accepts, from which nothing leads on
    for (size_t state = 0; state < steps_.size(); ++state) {
      const Step& step = steps_[state];
      put(glob.stays_, state, step.stays);
      put(glob.stays_in_part_, state, step.stays_in_part);
      put(glob.skips_, state, step.skips);
      put(glob.stays_in_character_, state, state > 0 && steps_[state - 1].ends_character);
      for (size_t byte = 0; byte < 256; ++byte) {
        if (step.bytes.test(byte)) {
          glob.step_on_[byte * glob.words_ + state / 64] |= Glob::Word{1} << (state % 64);
        }
      }
    }
    glob.prefix_ = std::move(prefix_);
    return glob;
  }

  const std::string_view pattern_;
  size_t at_ = 0;
  std::vector<Step> steps_;
  Step next_; // what is known of the state that the next step leads on from
  std::string prefix_;
  bool is_literal_ = true;
};

Result<Glob> Glob::compile(std::string_view pattern) { return GlobCompiler(pattern).compile(); }

void Glob::start(States& states) const {
  states.assign(words_, 0);
  states[0] = 1 | (skips_[0] & 1) << 1;
}

void Glob::step(States& states, unsigned char byte) const {
  const Word* const leads_on = &step_on_[byte * words_];
  const Word in_part = byte == kSlash ? 0 : ~Word{0};
  const Word in_character = (byte & 0xC0) == 0x80 ? ~Word{0} : 0;
  Word carried = 0, skipped = 0;
  for (size_t i = 0; i < words_; ++i) {
    const Word on = states[i] & leads_on[i];
    const Word reached = on << 1 | carried;
    carried = on >> 63;
    const Word skipping = reached & skips_[i];
    const Word stays = stays_[i] | (stays_in_part_[i] & in_part) | (stays_in_character_[i] & in_character);
    states[i] = reached | skipping << 1 | skipped | (states[i] & stays);
    skipped = skipping >> 63;
  }
}

bool Glob::matches(std::string_view path) const {
  if (!path.starts_with(prefix_)) return false;
  States states;
  start(states);
  for (const char c : path) step(states, static_cast<unsigned char>(c));
  return has(states, last_);
}

Glob::States Glob::run_below(std::string_view directory) const {
  States states;
  start(states);
  for (const char c : directory) step(states, static_cast<unsigned char>(c));
  if (!directory.empty() && directory.back() != '/') step(states, kSlash);
  return states;
}

bool Glob::may_match_below(std::string_view directory) const {
  const States states = run_below(directory);
  if (!has(states, last_))
    return std::any_of(states.begin(), states.end(), [](Word word) { return word != 0; });
  // Accepting already, a path goes on only where something stays.
  States more = states;
  if (!has(stays_, last_) && !has(stays_in_part_, last_)) more[last_ / 64] &= ~(Word{1} << (last_ % 64));
  return std::any_of(more.begin(), more.end(), [](Word word) { return word != 0; });
}

bool Glob::matches_all_below(std::string_view directory) const {
  const States states = run_below(directory);
  return has(states, last_) && has(stays_, last_);
}

Result<GlobSet> GlobSet::compile(const std::vector<std::string>& include,
                                 const std::vector<std::string>& exclude) {
  GlobSet set;
  const auto add = [](const std::vector<std::string>& patterns, const char* field,
                      std::vector<Glob>& globs) -> Result<void> {
    for (const std::string& pattern : patterns) {
      auto glob = Glob::compile(pattern);
      if (!glob) return std::move(glob).error().with("field", field);
      globs.push_back(std::move(*glob));
    }
    return {};
  };
  if (auto added = add(include, "include", set.include_); !added) return std::move(added).error();
  if (auto added = add(exclude, "exclude", set.exclude_); !added) return std::move(added).error();
  return set;
}

bool GlobSet::matches(std::string_view path) const {
  const auto matching = [path](const Glob& glob) { return glob.matches(path); };
  if (!include_.empty() && std::none_of(include_.begin(), include_.end(), matching)) return false;
  return std::none_of(exclude_.begin(), exclude_.end(), matching);
}

bool GlobSet::may_match_below(std::string_view directory) const {
  const bool included =
      include_.empty() || std::any_of(include_.begin(), include_.end(),
                                      [&](const Glob& glob) { return glob.may_match_below(directory); });
  return included && std::none_of(exclude_.begin(), exclude_.end(),
                                  [&](const Glob& glob) { return glob.matches_all_below(directory); });
}

std::vector<std::string> GlobSet::prefixes() const {
  if (include_.empty()) return {""};
  std::vector<std::string> sorted;
  for (const Glob& glob : include_) sorted.push_back(glob.literal_prefix());
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::string> shortest; // a prefix sorts before what begins with it
  for (std::string& prefix : sorted) {
    if (shortest.empty() || !prefix.starts_with(shortest.back())) shortest.push_back(std::move(prefix));
  }
  return shortest;
}

} // namespace circuit::text
