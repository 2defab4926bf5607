// circuit-feeds version

#include <cstdio>

#include "ingest/cli/commands.h"
#include "ingest/cli/exit_code.h"

namespace circuit::cli {

const char* program_version() { return CIRCUIT_VERSION; }

void add_version(Command& parent) {
  parent.command("version", "Prints the version.").action([] {
    std::printf("circuit-feeds %s\n", program_version());
    return kDone;
  });
}

} // namespace circuit::cli
