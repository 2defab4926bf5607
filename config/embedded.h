#pragma once
// Files of config/ as they were at build time; written by embed.cmake.

#include <span>
#include <string_view>

namespace circuit::config {

struct EmbeddedFile {
  std::string_view path; // "providers/rss.yaml"
  std::string_view text;
};

std::span<const EmbeddedFile> embedded_files();

} // namespace circuit::config
