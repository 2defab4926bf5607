#pragma once
// "feed-simulator azure-blob": a container of text blobs, served as an emulator serves an account.

#include <CLI/CLI.hpp>

#include <functional>

namespace circuit::providers::azure_blob {

struct Command {
  CLI::App* app = nullptr;    // parsed() where it was asked for
  std::function<int()> serve; // until it is told to stop; the program's exit code
};

Command add_command(CLI::App& program);

} // namespace circuit::providers::azure_blob
