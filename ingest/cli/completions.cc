// circuit-feeds completions bash | zsh | fish

#include <cstdio>
#include <memory>

#include "ingest/cli/commands.h"
#include "ingest/cli/exit_code.h"

namespace circuit::cli {
namespace {

struct CompletionFlags {
  std::string shell;
};

// Each command with the words that lead to it, depth first: "circuit-feeds feeds create".
template <class Visit>
void visit(const CommandShape& shape, const std::string& path, const Visit& each) {
  each(shape, path);
  for (const auto& command : shape.commands) visit(command, path + " " + command.name, each);
}

std::string words(const CommandShape& shape) {
  std::string all;
  for (const auto& command : shape.commands) all += command.name + " ";
  for (const auto& flag : shape.flags) {
    for (const auto& name : flag.names) all += name + " ";
  }
  return all;
}

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

// The words typed so far, without flags and files, pick the list.
std::string bash(const CommandShape& program) {
  std::string out =
      "_circuit_feeds() {\n  local word path=circuit-feeds\n  COMPREPLY=()\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case \"$path $word\" in\n";
  visit(program, program.name, [&](const CommandShape&, const std::string& path) {
    if (path != program.name) out += "      " + quoted(path) + ") path=" + quoted(path) + " ;;\n";
  });
  out += "    esac\n  done\n  case \"$path\" in\n";
  visit(program, program.name, [&](const CommandShape& shape, const std::string& path) {
    out += "    " + quoted(path) + ") COMPREPLY=($(compgen -W " + quoted(words(shape)) +
           " -- \"${COMP_WORDS[COMP_CWORD]}\")) ;;\n";
  });
  return out + "  esac\n}\ncomplete -o default -F _circuit_feeds circuit-feeds\n";
}

std::string zsh(const CommandShape& program) {
  return "#compdef circuit-feeds\nautoload -U +X bashcompinit && bashcompinit\n" + bash(program);
}

std::string fish(const CommandShape& program) {
  std::string out =
      "function __circuit_feeds_path\n  set -l path\n"
      "  for word in (commandline -opc)[2..-1]\n"
      "    switch \"$path $word\"\n";
  visit(program, "", [&](const CommandShape&, const std::string& path) {
    if (!path.empty()) out += "      case " + quoted(path) + "\n        set path " + quoted(path) + "\n";
  });
  out += "    end\n  end\n  test \"$path\" = \"$argv[1]\"\nend\n";
  visit(program, "", [&](const CommandShape& shape, const std::string& path) {
    const std::string when = "complete -c circuit-feeds -n " + quoted("__circuit_feeds_path " + quoted(path));
    for (const auto& command : shape.commands) {
      out += when + " -f -a " + command.name + " -d " + quoted(command.help) + "\n";
    }
    for (const auto& flag : shape.flags) {
      out += when;
      for (const auto& name : flag.names) {
        out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      out += std::string(flag.takes_value ? " -r" : "") + " -d " + quoted(flag.help) + "\n";
    }
  });
  return out;
}

} // namespace

void add_completions(Command& parent, const CommandLine& program) {
  const auto flags = std::make_shared<CompletionFlags>();
  parent.command("completions", "Prints completions for a shell: bash, zsh or fish.")
      .argument("shell", flags->shell, "bash, zsh or fish.")
      .epilogue(
          "  source <(circuit-feeds completions bash)\n"
          "  circuit-feeds completions fish > ~/.config/fish/completions/circuit-feeds.fish")
      .action([flags, &program] {
        const CommandShape shape = program.shape();
        const std::string text = flags->shell == "bash"   ? bash(shape)
                                 : flags->shell == "zsh"  ? zsh(shape)
                                 : flags->shell == "fish" ? fish(shape)
                                                          : "";
        if (text.empty()) {
          std::fprintf(stderr, "circuit-feeds has no completions for %s. There are bash, zsh and fish.\n",
                       flags->shell.c_str());
          return kUsage;
        }
        std::fputs(text.c_str(), stdout);
        return kDone;
      });
}

} // namespace circuit::cli
