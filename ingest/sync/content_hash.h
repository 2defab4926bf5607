#pragma once
// When are two documents the same? When everything but their version is. Pure functions; any thread.

#include <string>

#include "circuit/feeds/v1/document.pb.h"

namespace circuit::sync {

// SHA-256 (32 bytes) over the canonical serialization of every field but version and content_hash.
std::string content_hash(
    circuit::feeds::v1::Document& document); // borrows the two fields, and gives them back

} // namespace circuit::sync
