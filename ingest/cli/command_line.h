#pragma once
// The flags and commands of the program. A thin face over CLI11, which stays out of the commands, and knows
// what it accepts, so that a slip of the finger gets a suggestion and shells get completions. One thread.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ingest/runtime/clock.h"

namespace CLI {
class App;
class Option;
} // namespace CLI

namespace circuit::cli {

// One command, to be given its flags. Targets outlive the command line.
class Command {
 public:
  explicit Command(CLI::App* app, std::function<int()>* chosen) : app_(app), chosen_(chosen) {}

  // Names as in "-f,--full".
  Command& flag(const std::string& names, bool& target, const std::string& help);
  Command& text(const std::string& names, std::string& target, const std::string& value,
                const std::string& help);
  Command& required_text(const std::string& names, std::string& target, const std::string& value,
                         const std::string& help);
  Command& texts(const std::string& names, std::vector<std::string>& target, const std::string& value,
                 const std::string& help);
  Command& number(const std::string& names, int& target, int min, int max, const std::string& help);
  Command& duration(const std::string& names, std::optional<Duration>& target, const std::string& help);
  Command& share(const std::string& names, std::optional<double>& target, const std::string& help);
  Command& choice(const std::string& names, std::string& target, const std::vector<std::string>& choices,
                  const std::string& help);
  // Arguments without a name.
  Command& argument(const std::string& name, std::string& target, const std::string& help);
  Command& optional_argument(const std::string& name, std::string& target, const std::string& help);
  Command& arguments(const std::string& name, std::vector<std::string>& target, const std::string& help);
  Command& optional_arguments(const std::string& name, std::vector<std::string>& target,
                              const std::string& help);
  // Two flags that contradict each other.
  Command& exclusive(const std::string& flag, const std::string& other);
  // Behind the list of flags in --help.
  Command& epilogue(const std::string& text);

  Command command(const std::string& name, const std::string& help);
  // What the command does; returns an exit code. Of one with commands below it, for when none is given: after
  // them.
  Command& action(std::function<int()> run);

 private:
  CLI::App* app_;
  std::function<int()>* chosen_;
};

// What completions are made from.
struct CommandShape {
  std::string name;
  std::string help;
  struct Flag {
    std::vector<std::string> names; // "--json", "-j"
    std::string help;
    bool takes_value = false;
  };
  std::vector<Flag> flags;
  std::vector<CommandShape> commands;
};

class CommandLine {
 public:
  CommandLine(const std::string& name, const std::string& description);
  ~CommandLine();

  Command root();
  // Parses and runs what was asked for: help, or an action. What cannot be understood is told on stderr, with
  // what was probably meant, and is kUsage.
  int run(int argc, const char* const* argv);
  CommandShape shape() const;

 private:
  std::unique_ptr<CLI::App> app_;
  std::function<int()> chosen_;
};

} // namespace circuit::cli
