#pragma once
// The sink `jsonl:PATH` and `jsonl:-`: one change per line, in the canonical proto3 JSON mapping.
// docs/sinks.md.
//
// Many feeds share one file. What a session delivers is kept apart (in memory, then in a file without a name
// beside PATH) until its prepare(), which waits for the file, appends the whole window and makes it durable
// with one fdatasync before the store can commit the position that covers it. From there until committed()
// the session has the file to itself; others wait in the order of their prepare(). A session that goes with
// changes uncommitted takes them back: the file is cut at the committed length before anybody else writes. So
// the file shows whole windows, a feed that waits for its provider holds up nobody, and deliver() never waits
// for another session. A crash cuts off what was not committed anyway, so there is nothing that deliver()
// could make durable earlier.
//
// Streams (standard output, pipes, devices) take nothing back; their lines are written in deliver().
//
// Originals are files of their own beside PATH (content_store.h), written as they come and durable before the
// line that names them; a session that goes takes none of them back. A stream has no place for them: INVALID
// CONTENT_UNSUPPORTED.
//
// All file work happens on threads of the sink's own; coroutines of any loop wait for it. A change that
// JSON cannot express is rejected (INVALID TIMESTAMP_OUT_OF_RANGE). Errors: jsonl_file.h, jsonl_stream.h;
// CANCELLED SINK_SHUT_DOWN after close(), CANCELLED DELIVERY_INTERRUPTED from prepare() when a deliver() or
// prepare() was cancelled before.
//
// Between the commit of a prepared position and committed() nothing may cancel: the file would be shorter
// than the store says.

#include <cstdint>
#include <memory>
#include <string>

#include "ingest/sync/sink.h"

namespace circuit::sinks {

struct JsonlOptions {
  uint64_t rotate_bytes = 0; // rotate to PATH.<n> when the committed length has reached it; 0: never
};

// `path` "-" is standard output. Nothing is touched before recover().
std::unique_ptr<sync::Sink> make_jsonl_sink(std::string uri, std::string path, JsonlOptions options);

} // namespace circuit::sinks
