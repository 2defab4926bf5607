#pragma once
// The vocabulary of these tests: a feed in one line, parsed.

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "feeds/rss/parse.h"

namespace circuit::feeds::rss::test {

inline constexpr std::string_view kUrl = "https://example.org/blog/feed.xml";

inline Result<RawFeed> try_parse(std::string_view body, ParseOptions options = {}) {
  if (options.url.empty()) options.url = kUrl;
  return parse_feed(body, options);
}

inline RawFeed parse(std::string_view body, ParseOptions options = {}) {
  Result<RawFeed> parsed = try_parse(body, std::move(options));
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().to_string()) << "\n" << body;
  if (!parsed) return std::move(*try_parse("<rss/>"));
  return std::move(*parsed);
}

inline std::string reason_of(std::string_view body, ParseOptions options = {}) {
  const Result<RawFeed> parsed = try_parse(body, std::move(options));
  if (parsed) return "parsed";
  EXPECT_FALSE(parsed.error().message.empty());
  EXPECT_FALSE(parsed.error().next_step.empty());
  return parsed.error().reason;
}

// `inside` is what stands in the channel, the item, the Atom feed, the Atom entry.
inline std::string channel(std::string_view inside) {
  return "<rss version=\"2.0\"><channel>" + std::string(inside) + "</channel></rss>";
}
inline std::string item(std::string_view inside) {
  return channel("<item>" + std::string(inside) + "</item>");
}
inline std::string atom(std::string_view inside) {
  return "<feed xmlns=\"http://www.w3.org/2005/Atom\">" + std::string(inside) + "</feed>";
}
inline std::string atom_entry(std::string_view inside) {
  return atom("<entry>" + std::string(inside) + "</entry>");
}

inline bool has_problem(const RawFeed& raw, std::string_view reason) {
  for (const Problem& problem : raw.problems) {
    if (problem.reason == reason) return true;
  }
  return false;
}

} // namespace circuit::feeds::rss::test
