#pragma once
// A body that is there already, served as a stream: for cassettes, simulators and tests.

#include <cstddef>
#include <memory>
#include <string>

#include "ingest/http/message.h"

namespace circuit::http {

// Pieces of at most `piece_bytes`.
std::unique_ptr<BodyStream> string_stream(std::string body, size_t piece_bytes = 64 << 10);

// The whole of a stream; BODY_TOO_LARGE beyond `max_bytes`.
Task<Result<std::string>> read_all(BodyStream& stream, uint64_t max_bytes);

} // namespace circuit::http
