// The first line is a glob, the rest a path.

#include "ingest/text/glob.h"

#include "tests/fuzz/target.h"

namespace circuit::fuzz {
namespace {

// Tries one way after another; written for this test, for the globs that it can read: no classes, ASCII
// alone.
class SlowGlob {
 public:
  explicit SlowGlob(std::string_view glob) : glob_(glob) {}
  bool matches(std::string_view path) { return from(0, path); }
  bool gave_up() const { return steps_ > 200'000; }

 private:
  bool from(size_t at, std::string_view path) {
    if (++steps_ > 200'000) return false;
    if (at == glob_.size()) return path.empty();
    const char c = glob_[at];
    if (c != '*') {
      const bool quoted = c == '\\';
      const char wanted = quoted ? glob_[at + 1] : c;
      if (path.empty() || (c == '?' ? path[0] == '/' : path[0] != wanted)) return false;
      return from(at + (quoted ? 2 : 1), path.substr(1));
    }
    size_t end = at;
    while (end < glob_.size() && glob_[end] == '*') ++end;
    const bool across = end - at > 1;
    const bool whole_parts =
        across && (at == 0 || glob_[at - 1] == '/') && end < glob_.size() && glob_[end] == '/';
    if (whole_parts && from(end + 1, path)) return true;
    for (size_t taken = 0; taken <= path.size(); ++taken) {
      if (!across && taken > 0 && path[taken - 1] == '/') return false;
      const bool fits = !whole_parts || (taken > 0 && path[taken - 1] == '/');
      if (fits && from(whole_parts ? end + 1 : end, path.substr(taken))) return true;
    }
    return false;
  }

  const std::string_view glob_;
  size_t steps_ = 0;
};

bool is_simple(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80 || c == '[') return false;
  }
  return true;
}

} // namespace

void check_input(std::string_view input) {
  Input in(input);
  const std::string_view pattern = in.line();
  const std::string_view path = in.rest();

  auto glob = text::Glob::compile(pattern);
  if (!glob) return require_clear(glob.error());
  const bool matches = glob->matches(path);
  if (is_simple(pattern) && is_simple(path) && path.size() < 200) {
    SlowGlob slow(pattern);
    const bool expected = slow.matches(path);
    if (!slow.gave_up()) require(matches == expected, "a slow reader agrees", pattern);
  }
  if (matches) {
    require(path.starts_with(glob->literal_prefix()), "a path begins with the prefix", pattern);
    for (size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
      require(glob->may_match_below(path.substr(0, slash)) || slash == 0, "its directories are entered",
              pattern);
    }
  } else {
    const size_t slash = path.rfind('/');
    const bool below = slash != std::string_view::npos && slash > 0;
    require(!below || !glob->matches_all_below(path.substr(0, slash)), "not all below match", pattern);
  }

  std::string quoted;
  for (const char c : path) (quoted += '\\') += c;
  if (path.empty() || quoted.size() > text::Glob::kMaxBytes) return;
  auto itself = text::Glob::compile(quoted);
  require(itself.ok() && itself->matches(path), "what is quoted matches itself", path);
}

} // namespace circuit::fuzz
