// circuit-simulation: runs seeds, says which of them broke a promise, and replays one.
//
//   --seeds N     how many (default 10,000, or CIRCUIT_SIMULATION_SEEDS)
//   --seed S      only this one; with --seeds N, from this one on
//   --jobs N      processes side by side (default: one per processor)
//   --trace       what happens, line by line
//   --hashes      a line per seed: the seed and the hash of its trace
//   --keep-going  beyond the first ten seeds that fail
//
// Exit status: 0 all promises kept, 1 not, 2 usage.

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "tests/simulation/simulation.h"

namespace {

using circuit::simulation::Outcome;

struct Arguments {
  uint64_t first = 1, count = 10'000, jobs = 0;
  bool trace = false, hashes = false, keep_going = false;
};

bool parse(int argc, char** argv, Arguments& out) {
  bool counted = false, named = false;
  if (const char* budget = std::getenv("CIRCUIT_SIMULATION_SEEDS"))
    out.count = std::strtoull(budget, nullptr, 10);
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    const auto number = [&](uint64_t& to) {
      if (i + 1 >= argc) return false;
      to = std::strtoull(argv[++i], nullptr, 10);
      return true;
    };
    if (name == "--trace") {
      out.trace = true;
    } else if (name == "--hashes") {
      out.hashes = true;
    } else if (name == "--keep-going") {
      out.keep_going = true;
    } else if (name == "--seeds" && number(out.count)) {
      counted = true;
    } else if (name == "--seed" && number(out.first)) {
      named = true;
    } else if (name != "--jobs" || !number(out.jobs)) {
      std::fprintf(stderr,
                   "usage: circuit-simulation [--seeds N] [--seed S] [--jobs N] [--trace] [--hashes]\n");
      return false;
    }
  }
  if (named && !counted) out.count = 1;
  if (out.jobs == 0) out.jobs = std::max(1u, std::thread::hardware_concurrency());
  out.jobs = std::min(out.jobs, std::max<uint64_t>(out.count, 1));
  return true;
}

void report(const Outcome& outcome) {
  std::printf("seed %llu: %s\n  replay: tests/run simulation --seed %llu --trace\n",
              static_cast<unsigned long long>(outcome.seed), outcome.violations.front().c_str(),
              static_cast<unsigned long long>(outcome.seed));
  for (size_t i = 1; i < std::min<size_t>(outcome.violations.size(), 5); ++i) {
    std::printf("  also: %s\n", outcome.violations[i].c_str());
  }
  std::fflush(stdout);
}

// A run that dies says which it was.
volatile uint64_t current_seed = 0;

void say_seed_and_die(int signal) {
  char line[96];
  const int length = std::snprintf(line, sizeof line, "seed %llu: died of signal %d\n",
                                   static_cast<unsigned long long>(current_seed), signal);
  if (length > 0 && write(1, line, static_cast<size_t>(length)) < 0) _exit(3);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

// Every jobs-th seed, from the `part`th on.
int run_part(const Arguments& arguments, uint64_t part) {
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) std::signal(signal, say_seed_and_die);
  constexpr int kEnough = 10;
  int failed = 0;
  for (uint64_t i = part; i < arguments.count; i += arguments.jobs) {
    current_seed = arguments.first + i;
    const Outcome outcome =
        circuit::simulation::simulate(arguments.first + i, arguments.trace ? stdout : nullptr);
    if (arguments.hashes) {
      std::printf("%llu %016llx\n", static_cast<unsigned long long>(outcome.seed),
                  static_cast<unsigned long long>(outcome.trace_hash));
    }
    if (outcome.violations.empty()) continue;
    report(outcome);
    if (++failed >= kEnough && !arguments.keep_going) break;
  }
  return failed == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  if (!parse(argc, argv, arguments)) return 2;
  std::setvbuf(stdout, nullptr, _IOLBF, 0); // whole lines, whichever process they come from
  const auto began = std::chrono::steady_clock::now();
  bool good = true;
  if (arguments.jobs == 1) {
    good = run_part(arguments, 0) == 0;
  } else {
    std::vector<pid_t> children;
    for (uint64_t part = 0; part < arguments.jobs; ++part) {
      const pid_t child = fork();
      if (child == 0) {
        const int status = run_part(arguments, part);
        std::fflush(stdout);
        _exit(status);
      }
      children.push_back(child);
    }
    for (const pid_t child : children) {
      int status = 0;
      waitpid(child, &status, 0);
      good &= WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  if (!arguments.hashes) {
    std::printf("%llu seeds in %.1f s: %.0f seeds/s; %s\n", static_cast<unsigned long long>(arguments.count),
                seconds, static_cast<double>(arguments.count) / seconds,
                good ? "all promises kept" : "promises were broken");
  }
  return good ? 0 : 1;
}
