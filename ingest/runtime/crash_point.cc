#include "ingest/runtime/crash_point.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

namespace circuit {
namespace {

struct Order {
  size_t point;
  int count;
};

// A test that spells it wrong must not pass for want of a crash.
[[noreturn]] void refuse(const std::string& text) {
  std::fprintf(stderr, "CIRCUIT_CRASH_POINT=%s: want NAME:COUNT with a name of this program\n", text.c_str());
  std::abort();
}

std::optional<Order> read_order() {
  const char* variable = std::getenv("CIRCUIT_CRASH_POINT");
  if (variable == nullptr || *variable == '\0') return std::nullopt;
  const std::string text = variable;
  const size_t colon = text.find(':');
  if (colon == text.npos) refuse(text);
  Order order{0, 0};
  const auto [end, problem] =
      std::from_chars(text.data() + colon + 1, text.data() + text.size(), order.count);
  if (problem != std::errc() || end != text.data() + text.size() || order.count < 1) refuse(text);
  for (; order.point < kCrashPoints.size(); ++order.point) {
    if (kCrashPoints[order.point] == text.substr(0, colon)) return order;
  }
  refuse(text);
}

} // namespace

namespace armed {

void crash_point(CrashPoint point) {
  static const std::optional<Order> order = read_order();
  static std::atomic<int> reached{0};
  if (!order || order->point != point.index() || ++reached < order->count) return;
  ::dprintf(STDERR_FILENO, "crash point %s\n", std::string(kCrashPoints[point.index()]).c_str());
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause(); // the signal is on its way; nothing may happen after this point
}

} // namespace armed
} // namespace circuit
