#pragma once
// A raw document of the library as a document. Pure.

#include "circuit/feeds/v1/document.pb.h"
#include "tests/providers/library/client.h"

namespace circuit::providers::library {

circuit::feeds::v1::Document normalize(const RawDocument& raw, const std::string& base);

} // namespace circuit::providers::library
