#pragma once
// What the program's exit status says. docs/cli.md promises these numbers to scripts.

namespace circuit::cli {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;  // flags, addresses, selections or settings that cannot be
inline constexpr int kPartly = 3; // done but for dead letters, held removals or sources cut short

// 130 for SIGINT, 143 for SIGTERM: stopped on request, after a clean checkpoint.
inline constexpr int stopped_by(int signal) { return 128 + signal; }

} // namespace circuit::cli
