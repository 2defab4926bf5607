#pragma once
// From what Azure says of a blob to its document. Pure functions; any thread.

#include <string>
#include <string_view>

#include "circuit/feeds/v1/document.pb.h"
#include "feeds/azure_blob/raw.h"
#include "ingest/text/file_text.h"

namespace circuit::feeds::azure_blob {

// "container/name"; of an earlier version or a snapshot "container@version:ID/name",
// "container@snapshot:TIME/name", which no container's name can be mistaken for.
std::string external_id(std::string_view container, const Blob& blob);

// The ETag, and what may change without it: tags, and whether the tier can be read (Set Blob Tags, Set Blob
// Tier).
std::string version(const Blob& blob);

bool is_archived(const Blob& blob);
// What stands for a folder in accounts that have none, or is one: nothing to read.
bool is_directory(const Blob& blob);

// Everything but its text.
circuit::feeds::v1::Document describe(std::string_view container, const Blob& blob, std::string address);

// Puts what the bytes say into the document.
void put_text(circuit::feeds::v1::Document& document, text::FileText text);

} // namespace circuit::feeds::azure_blob
