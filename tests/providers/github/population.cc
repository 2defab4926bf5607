#include "tests/providers/github/population.h"

namespace circuit::providers::github {
namespace {

// Markdown that is like no other file's.
std::string text_of(size_t repository, size_t file, size_t bytes) {
  std::string text =
      "# File " + std::to_string(file) + " of repository " + std::to_string(repository) + "\n\n";
  for (size_t line = 0; text.size() < bytes; ++line)
    text += "Line " + std::to_string(line) + " says what *nobody* asked, and `" + std::to_string(file) +
            "` where it is.\n";
  return text;
}

} // namespace

void populate(World& world, const Population& population, SystemTime now) {
  for (size_t r = 0; r < population.repositories; ++r) {
    SimRepository& repository = world.add_repository("octocat", "repository-" + std::to_string(r));
    repository.visibility = population.visibility;
    repository.collaborators = {{1, "octocat"}, {2, "hubot"}};
    std::map<std::string, SimRepository::Change> changes;
    constexpr size_t kInADirectory = 100;
    for (size_t f = 0; f < population.files; ++f) {
      const std::string path =
          "docs/part-" + std::to_string(f / kInADirectory) + "/file-" + std::to_string(f) + ".md";
      changes[path] = {text_of(r, f, population.file_bytes)};
    }
    if (!changes.empty()) repository.commit(changes);
    for (size_t i = 0; i < population.issues; ++i) {
      const SystemTime when = now - std::chrono::minutes(population.issues - i);
      const bool pull_request = i % 4 == 3;
      world.add_issue(repository, when, "It is issue " + std::to_string(i) + ".", pull_request);
      world.add_comment(repository, static_cast<int64_t>(i) + 1, when, "Seen by **somebody**.");
    }
  }
}

} // namespace circuit::providers::github
