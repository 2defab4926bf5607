#pragma once
// How far a JSONL file is committed, as it is kept in SinkRecord.position: "jsonl/1 generation=3
// offset=8192". Pure; any thread.

#include <cstdint>
#include <string>

#include "ingest/runtime/result.h"

namespace circuit::sinks {

struct JsonlPosition {
  uint64_t generation = 1; // grows with each rotation: the file becomes PATH.<generation>
  uint64_t offset = 0;     // bytes of that generation
};

std::string format_position(const JsonlPosition& position);
// CORRUPT SINK_POSITION_UNREADABLE.
Result<JsonlPosition> parse_position(const std::string& text);

} // namespace circuit::sinks
