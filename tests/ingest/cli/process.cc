#include "tests/ingest/cli/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <stdexcept>
#include <thread>
#include <utility>

namespace circuit::testing {
namespace {

std::vector<std::string> environment_with(const std::map<std::string, std::string>& changes) {
  std::vector<std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::string name = text.substr(0, text.find('='));
    const bool ours = name == "NO_COLOR" || name.starts_with("CIRCUIT_FEEDS_");
    if (!ours && !changes.contains(name)) variables.push_back(text);
  }
  for (const auto& [name, value] : changes) {
    if (!value.empty()) variables.push_back(name + "=" + value);
  }
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> all;
  for (auto& text : strings) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

} // namespace

Process::Process(const std::string& program, const std::vector<std::string>& arguments,
                 const std::map<std::string, std::string>& environment, const std::string& input) {
  std::array<int, 2> in{}, out{}, err{};
  if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0 ||
      ::pipe2(err.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("cannot make pipes");
  }
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  ::posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  ::posix_spawn_file_actions_adddup2(&actions, err[1], 2);
  std::vector<std::string> words = {program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  auto variables = environment_with(environment);
  const int failed = ::posix_spawn(&pid_, program.c_str(), &actions, nullptr, pointers(words).data(),
                                   pointers(variables).data());
  ::posix_spawn_file_actions_destroy(&actions);
  for (const int fd : {in[0], out[1], err[1]}) ::close(fd);
  out_fd_ = out[0];
  err_fd_ = err[0];
  if (failed != 0) throw std::runtime_error("cannot start " + program);
  // Inputs of tests fit into a pipe.
  if (!input.empty() && ::write(in[1], input.data(), input.size()) < 0)
    throw std::runtime_error("cannot write input");
  ::close(in[1]);
}

Process::~Process() {
  if (pid_ > 0) finish(std::chrono::seconds(0));
  for (const int fd : {out_fd_, err_fd_}) {
    if (fd >= 0) ::close(fd);
  }
}

void Process::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

// False when both ends are closed.
bool Process::read_some(std::chrono::milliseconds limit) {
  std::array<pollfd, 2> fds = {pollfd{out_fd_, POLLIN, 0}, pollfd{err_fd_, POLLIN, 0}};
  if (out_fd_ < 0 && err_fd_ < 0) return false;
  ::poll(fds.data(), fds.size(), static_cast<int>(limit.count()));
  std::array<char, 1 << 16> buffer;
  for (size_t i = 0; i < fds.size(); ++i) {
    if ((fds[i].revents & (POLLIN | POLLHUP)) == 0) continue;
    const ssize_t size = ::read(fds[i].fd, buffer.data(), buffer.size());
    int& fd = i == 0 ? out_fd_ : err_fd_;
    if (size <= 0)
      ::close(std::exchange(fd, -1));
    else
      (i == 0 ? out_ : err_).append(buffer.data(), static_cast<size_t>(size));
  }
  return true;
}

bool Process::wait_for(const std::string& held, const std::string& text, std::chrono::seconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (held.find(text) == std::string::npos) {
    if (std::chrono::steady_clock::now() > end || !read_some(std::chrono::milliseconds(50))) return false;
  }
  return true;
}

bool Process::wait_for_output(const std::string& text, std::chrono::seconds limit) {
  return wait_for(out_, text, limit);
}
bool Process::wait_for_error(const std::string& text, std::chrono::seconds limit) {
  return wait_for(err_, text, limit);
}

Finished Process::finish(std::chrono::seconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  int status = 0;
  struct rusage usage {};
  while (::wait4(pid_, &status, WNOHANG, &usage) == 0) {
    if (std::chrono::steady_clock::now() > end) ::kill(pid_, SIGKILL);
    if (!read_some(std::chrono::milliseconds(20))) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  pid_ = -1;
  while (read_some(std::chrono::milliseconds(1000))) {
  }
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), out_, err_,
          seconds(usage.ru_utime) + seconds(usage.ru_stime), static_cast<double>(usage.ru_maxrss) / 1024};
}

Finished run(const std::string& program, const std::vector<std::string>& arguments,
             const std::map<std::string, std::string>& environment, const std::string& input) {
  Process process(program, arguments, environment, input);
  return process.finish();
}

} // namespace circuit::testing
