#pragma once
// The commands, one file each. Each adds itself below `parent`.

#include "ingest/cli/command_line.h"

namespace circuit::cli {

void add_serve(Command& parent);
void add_sync(Command& parent);
void add_normalize(Command& parent);
void add_feeds(Command& parent);
void add_syncs(Command& parent);
void add_watch(Command& parent);
void add_cancel(Command& parent);
void add_connect(Command& parent);
void add_connections(Command& parent);
void add_check(Command& parent);
void add_browse(Command& parent);
void add_keys(Command& parent);
void add_receive(Command& parent);
void add_providers(Command& parent);
void add_doctor(Command& parent);
// Prints completions of `program`, which outlives it.
void add_completions(Command& parent, const CommandLine& program);
void add_version(Command& parent);

// "0.1.0"
const char* program_version();

} // namespace circuit::cli
