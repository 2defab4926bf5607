#pragma once
// Globs over the names of blobs and the paths of files, as selections have them (feed.proto).
//
//   *       any characters of one part of a path, also none
//   ?       one character, not '/'
//   **      any characters, '/' among them; as a whole part ("a/**/b", "**/b") any number of parts, also
//   none.
//           At the end, "a/**", everything below "a", not "a" itself
//   [abc]   one of these; [a-z] a range; [!a] any other, not '/'. ASCII alone
//   \x      x itself
//
// A glob is about the whole path, and letters have their case. Compiled once; matching takes time linear in
// the path, whatever the glob is, because all ways to match are followed at once. Values; any thread may
// match.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/runtime/result.h"

namespace circuit::text {

class Glob {
 public:
  static constexpr size_t kMaxBytes = 1000;

  // INVALID GLOB_MALFORMED: empty or too long, a class that does not end or is empty or not ASCII, a
  // backslash at the end.
  static Result<Glob> compile(std::string_view pattern);

  bool matches(std::string_view path) const;
  // Whether a path that begins with `directory` and '/' can match; "" is the root, where all paths are.
  bool may_match_below(std::string_view directory) const;
  // Whether all of them do.
  bool matches_all_below(std::string_view directory) const;
  // What every path that matches begins with.
  const std::string& literal_prefix() const { return prefix_; }

 private:
  friend class GlobCompiler;
  using Word = uint64_t;
  using States = std::vector<Word>; // a bit per state; state i is left over step i, the last one accepts

  void start(States& states) const;
  void step(States& states, unsigned char byte) const;
  States run_below(std::string_view directory) const;
  bool has(const States& states, size_t state) const { return states[state / 64] >> (state % 64) & 1; }

  size_t words_ = 0;
  size_t last_ = 0;
  std::vector<Word> step_on_; // words_ for each byte: states that it leads on from
  States stays_;              // on any byte: "**"
  States stays_in_part_;      // on any byte but '/': "*"
  States stays_in_character_; // on a byte that continues a character: after "?" and classes
  States skips_;              // reached together with the next one: "**/", which may be nothing
  std::string prefix_;
};

// What a selection includes and excludes. Exclusion wins; nothing included means everything.
class GlobSet {
 public:
  // The errors of Glob, with "glob" and "field" ("include" or "exclude") in the metadata.
  static Result<GlobSet> compile(const std::vector<std::string>& include,
                                 const std::vector<std::string>& exclude);

  bool matches(std::string_view path) const;
  // False: a walk need not enter the directory.
  bool may_match_below(std::string_view directory) const;
  // Every path that matches begins with one of these, none of which begins with another: what to list. {""}
  // if that says nothing.
  std::vector<std::string> prefixes() const;

 private:
  std::vector<Glob> include_;
  std::vector<Glob> exclude_;
};

} // namespace circuit::text
