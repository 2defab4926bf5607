// The first line is the Content-Type, the rest the body.

#include "tests/fuzz/feed_properties.h"
#include "tests/fuzz/target.h"

void circuit::fuzz::check_input(std::string_view input) {
  Input in(input);
  feeds::rss::ParseOptions options;
  options.content_type = std::string(in.line());
  options.content_language = "en";
  options.url = "https://feeds.example/dir/feed.xml";
  options.max_depth = 64;
  check_feed(in.rest(), options);
}
