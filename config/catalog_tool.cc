// provider-catalog check FILE...       checks catalog files; the build runs it
// provider-catalog document FOLDER     writes docs/providers

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "config/catalog.h"
#include "config/documentation.h"

namespace {

using namespace circuit;

int fail(const std::string& problem) {
  std::fprintf(stderr, "%s\n", problem.c_str());
  return 1;
}

int check(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return fail(path + ": cannot be read");
  const auto entry = config::parse_catalog_entry(text.str(), path);
  if (!entry) return fail(entry.error().message);
  const std::string name = entry->description.name();
  if (std::filesystem::path(path).stem() != name) return fail(path + ": is about " + name);
  return 0;
}

int document(const std::string& folder) {
  const auto catalog = config::load_catalog();
  if (!catalog) return fail(catalog.error().to_string());
  std::filesystem::create_directories(folder);
  for (const auto& [name, text] : config::provider_documentation(*catalog)) {
    std::ofstream file(folder + "/" + name, std::ios::binary | std::ios::trunc);
    if (!(file << text).flush()) return fail(folder + "/" + name + ": cannot be written");
  }
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  const std::string command = argc > 2 ? argv[1] : "";
  if (command == "document" && argc == 3) return document(argv[2]);
  if (command != "check") return fail("usage: provider-catalog check FILE... | document FOLDER");
  int failed = 0;
  for (int i = 2; i < argc; ++i) failed |= check(argv[i]);
  return failed;
}
