#include "feeds/rss/discover.h"

#include <algorithm>
#include <map>

#include "feeds/rss/ascii.h"
#include "ingest/text/html.h"
#include "ingest/text/url.h"

namespace circuit::feeds::rss {
namespace {

constexpr size_t kLookAt = 1 << 20;

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), to_lower);
  return out;
}

// Reads tags one after another; knows comments, and that scripts and styles hold no tags.
class TagScanner {
 public:
  explicit TagScanner(std::string_view html) : html_(html) {}

  struct Tag {
    std::string name;
    std::map<std::string, std::string> attributes;
  };

  bool next(Tag& tag) {
    while (at_ < html_.size()) {
      at_ = html_.find('<', at_);
      if (at_ == std::string_view::npos) break;
      if (html_.substr(at_).starts_with("<!--")) {
        skip_past("-->");
        continue;
      }
      ++at_;
      tag.name = lowered(take_while([](char c) { return c != '>' && c != '/' && !is_space(c); }));
      if (tag.name.empty() || tag.name[0] == '!' || tag.name[0] == '?') continue;
      read_attributes(tag);
      if (tag.name == "script" || tag.name == "style")
        skip_past(tag.name == "script" ? "</script" : "</style");
      return true;
    }
    at_ = html_.size();
    return false;
  }

 private:
  template <class Pred>
  std::string_view take_while(Pred pred) {
    const size_t start = at_;
    while (at_ < html_.size() && pred(html_[at_])) ++at_;
    return html_.substr(start, at_ - start);
  }

  void skip_past(std::string_view end) {
    const size_t found = find_ignoring_case(html_, end, at_);
    at_ = found == std::string_view::npos ? html_.size() : found + end.size();
  }

  void read_attributes(Tag& tag) {
    tag.attributes.clear();
    for (;;) {
      take_while([](char c) { return is_space(c) || c == '/'; });
      if (at_ >= html_.size() || html_[at_] == '>') break;
      const std::string name =
          lowered(take_while([](char c) { return c != '=' && c != '>' && c != '/' && !is_space(c); }));
      take_while(is_space);
      std::string value;
      if (at_ < html_.size() && html_[at_] == '=') {
        ++at_;
        take_while(is_space);
        value = read_value();
      } else if (name.empty()) {
        ++at_; // a stray character, such as a quote
      }
      tag.attributes.emplace(name, text::decode_entities(value));
    }
    if (at_ < html_.size()) ++at_;
  }

  std::string read_value() {
    if (at_ >= html_.size()) return "";
    const char quote = html_[at_];
    if (quote != '"' && quote != '\'') {
      return std::string(take_while([](char c) { return c != '>' && !is_space(c); }));
    }
    ++at_;
    std::string value(take_while([quote](char c) { return c != quote; }));
    if (at_ < html_.size()) ++at_;
    return value;
  }

  std::string_view html_;
  size_t at_ = 0;
};

bool has_word(const std::string& list, std::string_view word) {
  const std::string text = " " + lowered(list) + " ";
  std::string wanted = " ";
  wanted.append(word).append(" ");
  return text.find(wanted) != std::string::npos;
}

bool is_feed_type(const std::string& type) {
  const std::string bare = lowered(type.substr(0, type.find(';')));
  return bare == "application/rss+xml" || bare == "application/atom+xml" || bare == "application/feed+json" ||
         bare == "application/rdf+xml";
}

} // namespace

std::vector<std::string> discover_feeds(std::string_view html, const std::string& url) {
  std::string base = url;
  std::vector<std::string> found;
  TagScanner scanner(html.substr(0, kLookAt));
  TagScanner::Tag tag;
  while (scanner.next(tag)) {
    if (tag.name == "body") break; // autodiscovery is for the head
    const std::string href = tag.attributes["href"];
    if (href.empty()) continue;
    if (tag.name == "base") base = text::resolve_url(url, href);
    const bool names_feed = tag.name == "link" && has_word(tag.attributes["rel"], "alternate") &&
                            is_feed_type(tag.attributes["type"]);
    if (!names_feed) continue;
    std::string address = text::resolve_url(base, href);
    if (std::find(found.begin(), found.end(), address) == found.end()) found.push_back(std::move(address));
  }
  return found;
}

} // namespace circuit::feeds::rss
