#pragma once
// What an errno means to whoever configured a file. Pure; any thread.

#include <string>

#include "ingest/runtime/error.h"

namespace circuit::sinks {

// `doing`: "open", "write to", ... EXHAUSTED DISK_FULL, SINK_FILE_TOO_LARGE, TOO_MANY_OPEN_FILES; INVALID
// SINK_DIRECTORY_MISSING, SINK_FILE_NOT_WRITABLE, SINK_IS_A_DIRECTORY, SINK_PATH_INVALID, SINK_CLOSED; all
// else is TRANSIENT SINK_IO.
Error file_error(int error_number, const std::string& doing, const std::string& path);

} // namespace circuit::sinks
