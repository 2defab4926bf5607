#include "tests/providers/rss/content.h"

#include "tests/providers/rss/demonstration.h"
#include "tests/providers/rss/words.h"

namespace circuit::providers::rss {
namespace {

uint64_t mixed_seed(const ContentKey& key) {
  uint64_t seed = key.seed * 0x9e3779b97f4a7c15ULL;
  for (const uint64_t part : {static_cast<uint64_t>(key.feed), static_cast<uint64_t>(key.number),
                              static_cast<uint64_t>(key.version)}) {
    seed = (seed ^ part) * 0xd6e8feb86659fd93ULL;
    seed ^= seed >> 32;
  }
  return seed;
}

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else {
      out += c;
    }
  }
  return out;
}

// One item's prose, drawn word by word.
class Writer {
 public:
  Writer(const ContentKey& key, const FeedTraits& traits, const std::string& site, bool xhtml)
      : key_(key),
        script_(traits.script),
        random_(mixed_seed(key)),
        xhtml_(xhtml),
        base_(traits.relative_links ? std::string() : site) {}

  std::string words(size_t count) {
    const auto list = words_of(script_);
    std::string out;
    for (size_t i = 0; i < count; ++i) {
      if (i != 0) out += word_space(script_);
      out += list[random_.below(list.size())];
    }
    return out;
  }

  std::string title() {
    std::string title = words(3 + random_.below(5)) + " " + std::to_string(key_.number);
    if (key_.version > 1) title += " (revision " + std::to_string(key_.version) + ")";
    return title;
  }

  std::string html() {
    std::string out = "<p>" + sentence() + " " + marker_of(key_.feed, key_.number, key_.version) + "</p>\n";
    while (out.size() < key_.html_bytes) out += block();
    // What no reader should keep.
    if (random_.chance(0.2)) out += "<script>track(" + std::to_string(key_.number) + ")</script>\n";
    if (random_.chance(0.2))
      out += "<img src=\"https://metrics.example/p.gif\" width=\"1\" height=\"1\" alt=\"\"/>\n";
    return out;
  }

  std::vector<std::string> tags() {
    std::vector<std::string> out;
    for (uint64_t left = random_.below(4); left != 0; --left) out.push_back(words(1));
    return out;
  }

  std::optional<Enclosure> enclosure(const std::string& site) {
    if (!random_.chance(0.8)) return std::nullopt;
    return Enclosure{site + "/audio/" + std::to_string(key_.number) + ".mp3", "audio/mpeg",
                     1'000'000 + random_.below(50'000'000), static_cast<int>(60 + random_.below(7000))};
  }

 private:
  std::string sentence() {
    return escape_html(words(6 + random_.below(12))) + std::string(full_stop(script_));
  }
  std::string path(std::string_view folder, std::string_view extension) {
    return base_ + "/" + std::string(folder) + "/" + std::to_string(random_.below(1000)) +
           std::string(extension);
  }
  std::string link() { return "<a href=\"" + path("p", "") + "\">" + escape_html(words(2)) + "</a>"; }

  std::string block() {
    switch (random_.below(10)) {
      case 0:
        return "<ul><li>" + sentence() + "</li><li>" + link() + "</li><li>" + sentence() + "</li></ul>\n";
      case 1:
        return "<blockquote><p>" + sentence() + "</p></blockquote>\n";
      case 2:
        return "<pre><code>if (a &lt; b &amp;&amp; b &gt; c) {\n  run(\"" + path("x", "") +
               "\");\n}</code></pre>\n";
      case 3:
        return "<p><img src=\"" + path("images", ".jpg") + "\" alt=\"" + escape_html(words(2)) + "\"/></p>\n";
      case 4:
        return "<h2>" + escape_html(words(3)) + "</h2>\n";
      case 5:
        return "<table><tr><th>" + escape_html(words(1)) + "</th><th>" + escape_html(words(1)) +
               "</th></tr><tr><td>" + std::to_string(random_.below(100)) + "</td><td>" +
               std::to_string(random_.below(100)) + "</td></tr></table>\n";
      case 6:
        return "<p>" + sentence() + " <em>" + escape_html(words(2)) + "</em> " + entities() + "</p>\n";
      default:
        return "<p>" + sentence() + " " + link() + " " + sentence() + " <strong>" + escape_html(words(1)) +
               "</strong> " + sentence() + "</p>\n";
    }
  }

  // Named references are HTML's; XML knows five and the numbers.
  std::string entities() {
    return xhtml_ ? "&#233;&#x2014;&#160;&amp;" : "&eacute;&mdash;&nbsp;&hellip;&amp;&#8217;";
  }

  const ContentKey& key_;
  Script script_;
  SeededRandom random_;
  bool xhtml_;
  std::string base_;
};

} // namespace

std::string marker_of(size_t feed, uint32_t number, uint32_t version) {
  return "f" + std::to_string(feed) + "i" + std::to_string(number) + "v" + std::to_string(version) + "z";
}

ItemContent make_content(const ContentKey& key, const FeedTraits& traits, const std::string& site,
                         bool xhtml) {
  if (traits.demonstration != nullptr) return demonstration_content(*traits.demonstration, key, site);
  Writer writer(key, traits, site, xhtml);
  ItemContent content;
  content.title = writer.title();
  content.summary = writer.words(8);
  content.html = writer.html();
  content.author = "Author " + std::to_string(1 + (key.feed * 7 + key.number) % 5);
  content.tags = writer.tags();
  if (traits.enclosures) content.enclosure = writer.enclosure(site);
  return content;
}

} // namespace circuit::providers::rss
