// The input is the body. One that is JSON but no feed is also tried inside of a feed.

#include "tests/fuzz/feed_properties.h"
#include "tests/fuzz/target.h"

void circuit::fuzz::check_input(std::string_view input) {
  feeds::rss::ParseOptions options;
  options.content_type = "application/feed+json";
  options.url = "https://feeds.example/feed.json";
  check_feed(input, options);

  const std::string_view head = R"({"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [)";
  check_feed(std::string(head).append(input).append("]}"), options);
}
