#include "ingest/cli/command_line.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>

#include "config/suggest.h"
#include "config/units.h"
#include "ingest/cli/exit_code.h"

namespace circuit::cli {
namespace {

// "--data-dir" of "--data-dir=x".
std::string without_value(const std::string& argument) { return argument.substr(0, argument.find('=')); }

std::vector<std::string> flag_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    for (const auto& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

// The innermost command that was recognized: where what follows went wrong.
const CLI::App& innermost(const CLI::App& app) {
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
  return *at;
}

std::string full_name(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name() : full_name(*app.get_parent()) + " " + app.get_name();
}

std::string explain(const CLI::App& app, const CLI::ParseError& problem) {
  const CLI::App& command = innermost(app);
  const auto extras = command.remaining();
  // What is left over explains best what is missing, too: a mistyped command leaves its group without one.
  if (!extras.empty()) {
    const std::string typed = without_value(extras.front());
    if (typed.starts_with("-")) {
      return full_name(command) + " has no flag " + typed + "." +
             config::did_you_mean(typed, flag_names(command));
    }
    const auto commands = command_names(command);
    if (!commands.empty()) {
      return full_name(command) + " has no command " + typed + "." + config::did_you_mean(typed, commands);
    }
    return full_name(command) + " takes no further argument '" + typed + "'.";
  }
  std::string told = problem.what();
  if (!told.empty() && told.back() != '.') told += '.';
  return told;
}

CommandShape shape_of(const CLI::App& app) {
  CommandShape shape{app.get_name(), app.get_description(), {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    CommandShape::Flag flag;
    for (const auto& name : option->get_lnames()) flag.names.push_back("--" + name);
    for (const auto& name : option->get_snames()) flag.names.push_back("-" + name);
    flag.help = option->get_description();
    flag.takes_value = option->get_items_expected_max() > 0;
    if (!flag.names.empty()) shape.flags.push_back(std::move(flag));
  }
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    shape.commands.push_back(shape_of(*command));
  }
  return shape;
}

} // namespace

Command& Command::flag(const std::string& names, bool& target, const std::string& help) {
  app_->add_flag(names, target, help);
  return *this;
}

Command& Command::text(const std::string& names, std::string& target, const std::string& value,
                       const std::string& help) {
  app_->add_option(names, target, help)->option_text(value);
  return *this;
}

Command& Command::required_text(const std::string& names, std::string& target, const std::string& value,
                                const std::string& help) {
  app_->add_option(names, target, help)->option_text(value)->required();
  return *this;
}

Command& Command::texts(const std::string& names, std::vector<std::string>& target, const std::string& value,
                        const std::string& help) {
  app_->add_option(names, target, help)->option_text(value)->expected(1)->take_all();
  return *this;
}

Command& Command::number(const std::string& names, int& target, int min, int max, const std::string& help) {
  app_->add_option(names, target, help)->option_text("N")->check(CLI::Range(min, max));
  return *this;
}

Command& Command::duration(const std::string& names, std::optional<Duration>& target,
                           const std::string& help) {
  const auto read = [&target, names](const std::string& text) {
    const auto value = config::parse_duration(text);
    if (!value) throw CLI::ValidationError(names, value.error().to_string());
    target = *value;
  };
  app_->add_option_function<std::string>(names, read, help)->option_text("DURATION");
  return *this;
}

Command& Command::share(const std::string& names, std::optional<double>& target, const std::string& help) {
  const auto read = [&target](const double& value) { target = value; };
  app_->add_option_function<double>(names, read, help)->option_text("SHARE")->check(CLI::Range(0.0, 1.0));
  return *this;
}

Command& Command::choice(const std::string& names, std::string& target,
                         const std::vector<std::string>& choices, const std::string& help) {
  const auto check = [choices](const std::string& text) -> std::string {
    if (std::ranges::find(choices, text) != choices.end()) return "";
    std::string told = "'" + text + "' is not one of";
    for (const auto& choice : choices) told += " " + choice;
    return told + "." + config::did_you_mean(text, choices);
  };
  app_->add_option(names, target, help)->option_text("CHOICE")->check(check);
  return *this;
}

Command& Command::argument(const std::string& name, std::string& target, const std::string& help) {
  app_->add_option(name, target, help)->option_text(" ")->required();
  return *this;
}

Command& Command::optional_argument(const std::string& name, std::string& target, const std::string& help) {
  app_->add_option(name, target, help)->option_text(" ");
  return *this;
}

Command& Command::arguments(const std::string& name, std::vector<std::string>& target,
                            const std::string& help) {
  app_->add_option(name, target, help)->option_text(" ")->required()->expected(1, 100'000);
  return *this;
}

Command& Command::optional_arguments(const std::string& name, std::vector<std::string>& target,
                                     const std::string& help) {
  app_->add_option(name, target, help)->option_text(" ")->expected(0, 100'000);
  return *this;
}

Command& Command::exclusive(const std::string& flag, const std::string& other) {
  app_->get_option(flag)->excludes(app_->get_option(other));
  return *this;
}

Command& Command::epilogue(const std::string& text) {
  app_->footer(text);
  return *this;
}

Command Command::command(const std::string& name, const std::string& help) {
  CLI::App* added = app_->add_subcommand(name, help);
  app_->require_subcommand(1);
  return Command(added, chosen_);
}

Command& Command::action(std::function<int()> run) {
  if (!app_->get_subcommands([](const CLI::App*) { return true; }).empty()) app_->require_subcommand(0, 1);
  app_->callback([app = app_, chosen = chosen_, run = std::move(run)] {
    if (app->get_subcommands().empty()) *chosen = run;
  });
  return *this;
}

CommandLine::CommandLine(const std::string& name, const std::string& description)
    : app_(std::make_unique<CLI::App>(description, name)) {
  app_->set_help_flag("-h,--help", "Says how to use this and exits.");
  app_->failure_message([](const CLI::App*, const CLI::Error&) { return std::string(); });
}

CommandLine::~CommandLine() = default;

Command CommandLine::root() { return Command(app_.get(), &chosen_); }

int CommandLine::run(int argc, const char* const* argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const CLI::App& command = innermost(*app_);
    const std::string above = command.get_parent() == nullptr ? "" : full_name(*command.get_parent());
    std::fputs(command.help(above).c_str(), stdout);
    return kDone;
  } catch (const CLI::ParseError& problem) {
    const std::string command = full_name(innermost(*app_));
    std::fprintf(stderr, "%s\nSee %s --help.\n", explain(*app_, problem).c_str(), command.c_str());
    return kUsage;
  }
  return chosen_();
}

CommandShape CommandLine::shape() const { return shape_of(*app_); }

} // namespace circuit::cli
