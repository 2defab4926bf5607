#pragma once
// "feed-simulator github": repositories with files and discussions; control.h says how to change them.

#include "tests/providers/command.h"

namespace circuit::providers::github {

Command add_command(CLI::App& program);

} // namespace circuit::providers::github
