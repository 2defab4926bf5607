#include "tests/fuzz/html_shape.h"

#include <algorithm>
#include <array>
#include <vector>

namespace circuit::fuzz {
namespace {

constexpr auto kRunsOrEmbeds = std::to_array<std::string_view>(
    {"script",           "style", "iframe",    "frame", "frameset", "object",   "embed",         "applet",
     "template",         "base",  "meta",      "link",  "noembed",  "noframes", "foreignobject", "animate",
     "animatetransform", "set",   "plaintext", "xmp",   "title",    "head",     "html",          "body"});
constexpr auto kAddresses = std::to_array<std::string_view>(
    {"href", "src", "action", "formaction", "background", "cite", "longdesc", "poster", "xlink:href", "data",
     "usemap", "icon", "lowsrc", "dynsrc", "codebase", "classid", "profile", "ping", "srcset"});
constexpr auto kBadSchemes =
    std::to_array<std::string_view>({"javascript:", "vbscript:", "data:", "file:", "livescript:", "about:"});

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == ':' ||
         (c >= 'A' && c <= 'Z') || c == '.';
}

template <size_t N>
bool is_among(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

// Only the four references that a sanitizer needs may stand for anything.
std::optional<std::string> unescaped(std::string_view text) {
  struct Reference {
    std::string_view written;
    char meant;
  };
  constexpr auto kReferences =
      std::to_array<Reference>({{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}});
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '&') {
      out += text[i];
      continue;
    }
    const auto found = std::find_if(kReferences.begin(), kReferences.end(), [&](const Reference& reference) {
      return text.substr(i).starts_with(reference.written);
    });
    if (found == kReferences.end()) return std::nullopt;
    out += found->meant;
    i += found->written.size() - 1;
  }
  return out;
}

// As browsers read the scheme of an address: without white space and control characters.
bool has_bad_scheme(std::string_view url) {
  std::string seen;
  for (const char c : url) {
    if (static_cast<unsigned char>(c) > 0x20) seen += c;
  }
  seen = lower(seen);
  return std::any_of(kBadSchemes.begin(), kBadSchemes.end(),
                     [&](std::string_view scheme) { return seen.starts_with(scheme); });
}

bool is_bad_style(std::string_view style) {
  const std::string seen = lower(style);
  return std::any_of(seen.begin(), seen.end(), [](char c) { return c == '\\' || c == '<' || c == '@'; }) ||
         seen.find("url(") != std::string::npos || seen.find("expression(") != std::string::npos ||
         seen.find("/*") != std::string::npos || seen.find("javascript") != std::string::npos;
}

class Examiner {
 public:
  explicit Examiner(std::string_view html) : html_(html) {}

  std::optional<std::string> run() {
    while (at_ < html_.size() && wrong_.empty()) {
      const size_t less = std::min(html_.find('<', at_), html_.size());
      const std::string_view text = html_.substr(at_, less - at_);
      if (text.find('>') != std::string_view::npos) fail("a bare '>'");
      if (!unescaped(text)) fail("a bare '&'");
      at_ = less;
      if (at_ < html_.size()) read_tag();
    }
    if (!open_.empty()) fail("<" + std::string(open_.back()) + "> stays open");
    return wrong_.empty() ? std::nullopt : std::optional(wrong_);
  }

 private:
  void fail(std::string why) {
    if (wrong_.empty()) wrong_ = std::move(why) + " near byte " + std::to_string(at_);
    at_ = html_.size();
  }

  bool take(std::string_view expected) {
    if (!html_.substr(at_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }

  std::string_view take_name() {
    const size_t start = at_;
    while (at_ < html_.size() && is_name_char(html_[at_])) ++at_;
    return html_.substr(start, at_ - start);
  }

  void read_tag() {
    if (take("</")) {
      const std::string_view name = take_name();
      if (open_.empty() || open_.back() != name || !take(">")) return fail("a stray end tag");
      return open_.pop_back();
    }
    take("<");
    const std::string_view name = take_name();
    if (name.empty()) return fail("a bare '<'");
    if (is_among(lower(name), kRunsOrEmbeds)) return fail("<" + std::string(name) + ">");
    std::vector<std::string_view> seen;
    while (wrong_.empty()) {
      if (take(" />")) return;
      if (take(">")) return open_.push_back(name);
      read_attribute(seen);
    }
  }

  void read_attribute(std::vector<std::string_view>& seen) {
    if (!take(" ")) return fail("something odd in a tag");
    const std::string_view name = take_name();
    if (name.empty() || !take("=\"")) return fail("an attribute that is not name=\"value\"");
    const size_t quote = html_.find('"', at_);
    if (quote == std::string_view::npos) return fail("an attribute without its end");
    const std::string_view raw = html_.substr(at_, quote - at_);
    at_ = quote + 1;
    if (raw.find_first_of("<>") != std::string_view::npos) return fail("a bare '<' or '>' in an attribute");
    const auto value = unescaped(raw);
    if (!value) return fail("a bare '&' in an attribute");
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) return fail("an attribute twice");
    seen.push_back(name);
    const std::string known = lower(name);
    if (known.starts_with("on")) return fail("an event handler, " + known);
    if (known == "srcdoc") return fail("a document in an attribute");
    if (is_among(known, kAddresses) && has_bad_scheme(*value)) return fail("an address that runs: " + *value);
    if (known == "style" && is_bad_style(*value)) return fail("a style that does more than style: " + *value);
  }

  std::string_view html_;
  size_t at_ = 0;
  std::vector<std::string_view> open_;
  std::string wrong_;
};

} // namespace

std::optional<std::string> find_danger(std::string_view html) { return Examiner(html).run(); }

} // namespace circuit::fuzz
