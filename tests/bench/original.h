#pragma once
// `circuit-bench original SINK BYTES`: delivers an original of that size, generated as it is read, to a sink
// as a worker makes it, and prints "peak MIB" with its own highest resident size.

#include <string>

namespace circuit::bench {

[[noreturn]] void deliver_original(const std::string& sink, const std::string& bytes);

} // namespace circuit::bench
