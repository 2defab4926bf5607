#pragma once
// "feed-simulator rss": feeds in all formats; control.h says how to steer them.

#include "tests/providers/command.h"

namespace circuit::providers::rss {

Command add_command(CLI::App& program);

} // namespace circuit::providers::rss
