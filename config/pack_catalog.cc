// pack-catalog OUTPUT FILE...
//
// Reads and checks the files of the provider catalog and writes a C++ file that holds their entries, packed.
// The build runs it, and fails where a file is wrong.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "config/catalog_file.h"
#include "config/packed_entry.h"

namespace {

using namespace circuit;

int fail(const std::string& problem) {
  std::fprintf(stderr, "%s\n", problem.c_str());
  return 1;
}

int read(const std::string& path, std::vector<config::CatalogEntry>& entries) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return fail(path + ": cannot be read");
  auto entry = config::parse_catalog_entry(text.str(), path);
  if (!entry) return fail(entry.error().message);
  const std::string name = entry->description.name();
  if (std::filesystem::path(path).stem() != name) return fail(path + ": is about " + name);
  entries.push_back(*std::move(entry));
  return 0;
}

std::string literal(const std::string& bytes) {
  std::string text = "\"";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\' && c != '?') {
      text += c;
      continue;
    }
    text += '\\';
    for (const int shift : {6, 3, 0}) text += static_cast<char>('0' + ((byte >> shift) & 7));
  }
  return text + "\"sv";
}

int write(const std::string& path, const std::vector<config::CatalogEntry>& entries) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << "// Made of config/providers/*.yaml by pack_catalog.cc.\n"
          "#include \"config/packed_entry.h\"\n\n"
          "namespace circuit::config {\n\n"
          "using namespace std::string_view_literals;\n\n"
          "std::span<const std::string_view> built_in_entries() {\n"
          "  static constexpr std::string_view entries[] = {\n";
  for (const auto& entry : entries) file << "      " << literal(config::pack(entry)) << ",\n";
  file << "  };\n  return entries;\n}\n\n} // namespace circuit::config\n";
  return file.flush() ? 0 : fail(path + ": cannot be written");
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 3) return fail("usage: pack-catalog OUTPUT FILE...");
  std::vector<config::CatalogEntry> entries;
  int failed = 0;
  for (int i = 2; i < argc; ++i) failed |= read(argv[i], entries);
  if (failed != 0) return failed;
  std::ranges::sort(entries, {}, [](const auto& entry) { return entry.description.name(); });
  return write(argv[1], entries);
}
