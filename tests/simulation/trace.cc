#include "tests/simulation/trace.h"

namespace circuit::simulation {

void Trace::add(std::string_view bytes) {
  for (const char c : bytes) {
    hash_ ^= static_cast<unsigned char>(c);
    hash_ *= 1099511628211ULL;
  }
}

void Trace::line(SteadyTime at, std::string_view what) {
  const std::string time = std::to_string(at.time_since_epoch().count());
  add(time);
  add(what);
  ++lines_;
  if (out_ == nullptr) return;
  const double seconds = static_cast<double>(at.time_since_epoch().count()) / 1e6;
  std::fprintf(out_, "%12.6f  %.*s\n", seconds, static_cast<int>(what.size()), what.data());
}

} // namespace circuit::simulation
