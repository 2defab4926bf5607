#pragma once
// The directory that a file is in. A new file's name is durable when its directory was synced, whatever was
// done with the file. Blocks; any thread.

#include <string>

#include "ingest/runtime/result.h"

namespace circuit::sinks {

std::string directory_of(const std::string& path); // "." where the path names none
// The names in it are durable. The errors of file_error().
Result<void> sync_directory_of(const std::string& path);

} // namespace circuit::sinks
