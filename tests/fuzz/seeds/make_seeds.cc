#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>

#include "tests/fuzz/seeds/seeds.h"

namespace circuit::fuzz {

void SeedFolder::add(const std::string& target, std::string_view input) {
  const auto folder = folder_ / target;
  std::filesystem::create_directories(folder);
  const auto path = folder / ("seed-" + std::to_string(++count_));
  std::ofstream out(path, std::ios::binary);
  out.write(input.data(), static_cast<std::streamsize>(input.size()));
  if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

} // namespace circuit::fuzz

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: fuzz_make_seeds FOLDER\n");
    return 2;
  }
  try {
    circuit::fuzz::SeedFolder seeds(argv[1]);
    circuit::fuzz::add_feed_seeds(seeds);
    circuit::fuzz::add_html_seeds(seeds);
    circuit::fuzz::add_hubspot_seeds(seeds);
    circuit::fuzz::add_text_seeds(seeds);
    circuit::fuzz::add_web_seeds(seeds);
    circuit::fuzz::add_worker_seeds(seeds);
    circuit::fuzz::add_github_seeds(seeds);
    circuit::fuzz::add_body_seeds(seeds);
    circuit::fuzz::add_corpus_seeds(seeds); // last: the names of the others do not depend on it
    std::printf("%zu seeds\n", seeds.count());
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
}
