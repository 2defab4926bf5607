#pragma once
// From a sink's URI to the sink. The one place that knows all of them. Any thread.

#include <memory>
#include <string>

#include "ingest/runtime/result.h"
#include "ingest/sync/sink.h"
#include "sinks/grpc_options.h"
#include "sinks/jsonl.h"

namespace circuit::sinks {

struct SinkOptions {
  JsonlOptions jsonl;
  GrpcOptions grpc;
};

// "jsonl:PATH", "jsonl:-" or "grpc:HOST:PORT". Nothing is opened and nothing connects before recover().
// INVALID SINK_URI_INVALID, SINK_SCHEME_UNKNOWN, and the sinks' own complaints about their options.
Result<std::unique_ptr<sync::Sink>> make_sink(const std::string& uri, const SinkOptions& options);

} // namespace circuit::sinks
