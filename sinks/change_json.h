#pragma once
// A change as one line of JSON: the canonical proto3 JSON mapping, byte for byte what
// google::protobuf::util::MessageToJsonString writes (metadata in key order), at a tenth of its cost. The
// test compares the two over every field of the message by reflection, so a field that is added to the
// contract and not here fails. Pure; any thread.

#include <string>

#include "circuit/feeds/v1/document.pb.h"
#include "ingest/runtime/result.h"

namespace circuit::sinks {

// Appends the object without a line end. INVALID TIMESTAMP_OUT_OF_RANGE: a time that JSON cannot express
// (outside the years 1 to 9999); `out` is as it was then.
Result<void> append_change_json(const circuit::feeds::v1::Change& change, std::string& out);

} // namespace circuit::sinks
