#include "ingest/cli/secret_input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace circuit::cli {

namespace v1 = circuit::feeds::v1;
using credentials::Secret;

namespace {

constexpr size_t kLargestSecret = 64 << 10; // a certificate with its chain

Error invalid(std::string reason, std::string message, std::string next_step) {
  return make_error(ErrorClass::kInvalid, std::move(reason), std::move(message), std::move(next_step));
}

Error on_command_line() {
  return invalid("SECRET_ON_COMMAND_LINE",
                 "A secret on the command line can be read by every user of this machine, and stays in the "
                 "shell's history",
                 "Use --token-file FILE, --token-stdin or --secret NAME=@FILE, and revoke the one that was "
                 "typed.");
}

// Reads to the end, or to the end of the line.
Result<Secret> read_all(int fd, const std::string& origin, bool one_line) {
  Secret room = Secret::of_size(kLargestSecret + 1);
  size_t size = 0;
  while (size < room.size()) {
    char* at = reinterpret_cast<char*>(room.writable().data()) + size;
    const ssize_t got = ::read(fd, at, one_line ? 1 : room.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return invalid("SECRET_FILE_UNREADABLE", "Cannot read " + origin + ": " + std::strerror(errno),
                     "Name a file that holds the secret and that you may read.");
    }
    if (got == 0 || (one_line && *at == '\n')) break;
    size += static_cast<size_t>(got);
  }
  if (size > kLargestSecret) {
    return invalid("SECRET_MALFORMED", origin + " holds more than 64 KiB",
                   "Name the file of the secret alone.");
  }
  std::string_view text = room.reveal().substr(0, size);
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  if (text.empty()) return invalid("SECRET_EMPTY", origin + " is empty", "Put the secret into it.");
  return Secret(text);
}

Result<Secret> read_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return invalid("SECRET_FILE_UNREADABLE", "Cannot read " + path + ": " + std::strerror(errno),
                   "Name a file that holds the secret and that you may read.");
  }
  struct stat about {};
  if (::fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && (about.st_mode & (S_IRGRP | S_IROTH)) != 0) {
    std::fprintf(stderr, "warning: others can read %s; chmod 600 keeps them out.\n", path.c_str());
  }
  auto secret = read_all(fd, path, false);
  ::close(fd);
  return secret;
}

// Without an echo where it is typed.
Result<Secret> read_stdin() {
  struct termios before {};
  const bool typed = ::isatty(STDIN_FILENO) != 0 && ::tcgetattr(STDIN_FILENO, &before) == 0;
  if (!typed) return read_all(STDIN_FILENO, "stdin", false);
  std::fputs("Secret: ", stderr);
  struct termios silent = before;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  auto secret = read_all(STDIN_FILENO, "stdin", true);
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  std::fputs("\n", stderr);
  return secret;
}

// The name under which the method takes a token.
Result<std::string> token_name(const v1::AuthorizationMethod& method) {
  std::vector<std::string> secrets;
  for (const auto& field : method.fields()) {
    if (field.secret()) secrets.push_back(field.name());
    if (field.secret() && field.name() == "token") return field.name();
  }
  if (secrets.size() == 1) return secrets.front();
  std::string names;
  for (const auto& name : secrets) names += (names.empty() ? "" : ", ") + name;
  return invalid("SECRET_AMBIGUOUS",
                 secrets.empty() ? "The method " + method.name() + " takes no secret"
                                 : "The method " + method.name() + " takes several secrets: " + names,
                 secrets.empty() ? "Leave it out." : "Give each with --secret NAME=@FILE.");
}

void put(v1::ConnectionSecrets& to, const std::string& name, const Secret& secret) {
  (*to.mutable_values())[name].assign(secret.reveal());
}

} // namespace

Result<void> read_secrets(const SecretSources& sources, const v1::AuthorizationMethod& method,
                          v1::ConnectionSecrets& to) {
  if (!sources.refused.empty()) return on_command_line();
  for (const std::string& named : sources.named) {
    const size_t equals = named.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 2 >= named.size()) {
      return invalid("SECRET_MALFORMED", "A --secret has no name and file", "Write --secret NAME=@FILE.");
    }
    if (named[equals + 1] != '@') return on_command_line();
    const auto secret = read_file(named.substr(equals + 2));
    if (!secret) return secret.error();
    put(to, named.substr(0, equals), *secret);
  }
  if (sources.token_file.empty() && !sources.token_stdin) return {};
  const auto name = token_name(method);
  if (!name) return name.error();
  const auto token = sources.token_stdin ? read_stdin() : read_file(sources.token_file);
  if (!token) return token.error();
  put(to, *name, *token);
  return {};
}

} // namespace circuit::cli
