#pragma once
// "feed-simulator azure-blob": a container of text blobs, served as an emulator serves an account.

#include "tests/providers/command.h"

namespace circuit::providers::azure_blob {

Command add_command(CLI::App& program);

} // namespace circuit::providers::azure_blob
