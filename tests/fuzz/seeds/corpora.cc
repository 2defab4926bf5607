// Third-party feeds, where CONFORMANCE_DIR names a folder that holds them; docs/testing.md describes it.

#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "tests/fuzz/seeds/seeds.h"

namespace circuit::fuzz {

void add_corpus_seeds(SeedFolder& seeds) {
  namespace json = boost::json;
  constexpr size_t kLargest = 16 << 10; // mutations of larger files find little
  const char* folder = std::getenv("CONFORMANCE_DIR");
  const std::filesystem::path rss = std::filesystem::path(folder == nullptr ? "" : folder) / "rss";
  std::ifstream cases(rss / "cases.jsonl");
  if (folder == nullptr || !cases) {
    std::printf("CONFORMANCE_DIR names no folder with rss/cases.jsonl: no third-party seeds\n");
    return;
  }
  size_t count = 0;
  for (std::string line; std::getline(cases, line);) {
    const json::object test = json::parse(line).as_object();
    std::ifstream in(rss / "files" / std::string(test.at("file").as_string()), std::ios::binary);
    const std::string body{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (!in || body.size() > kLargest) continue;
    const json::value* headers = test.if_contains("http_headers");
    const json::value* type = headers == nullptr ? nullptr : headers->as_object().if_contains("Content-type");
    const std::string content_type(type == nullptr ? json::string_view("application/xml")
                                                   : json::string_view(type->as_string()));
    seeds.add("feed_bytes", content_type + "\n" + body);
    if (count++ % 4 == 0) seeds.add("charset", content_type + "\n" + body);
  }
  std::printf("%zu third-party feeds\n", count);
}

} // namespace circuit::fuzz
