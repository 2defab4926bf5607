#pragma once
// What a process that holds secrets turns off. For the start of the program.

namespace circuit::cli {

// No core dumps, and no debugger or /proc/PID/mem for others of the same user; secrets in locked memory.
// CIRCUIT_FEEDS_CORE_DUMPS=1 keeps core dumps and debuggers, for developers.
void harden_process();

} // namespace circuit::cli
