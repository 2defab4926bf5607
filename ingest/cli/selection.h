#pragma once
// From what is typed on a command line to the feeds that it means. Pure.

#include <google/protobuf/field_mask.pb.h>

#include <string>
#include <vector>

#include "circuit/feeds/v1/feed.pb.h"
#include "ingest/cli/command_line.h"
#include "ingest/runtime/result.h"

namespace circuit::cli {

// How a selection is made; the flags of `sync` and `feeds create`.
struct SelectionFlags {
  std::string sink;
  // rss
  bool with_history = false;
  std::string identity;
  // Providers that are read through an account.
  std::string connection{};
  std::string content{}; // "text", "raw", "none"; empty: as the provider does
  // azure-blob
  std::vector<std::string> containers{}, prefixes{}, include{}, exclude{};
  bool with_versions = false, with_snapshots = false;
  // github, which has include and exclude too
  std::vector<std::string> repositories{}, owners{}, branches{}, kinds{};
  bool with_permissions = false;
  // hubspot-forms
  std::vector<std::string> forms{};
  bool with_archived_forms = false;
  // Of an update: flags by their names without dashes, whose values go.
  std::vector<std::string> cleared{};
};
void add_selection_flags(Command& command, SelectionFlags& flags);
// Those of them that a feed can change: all but its sink and its account.
void add_changeable_flags(Command& command, SelectionFlags& flags);

// For rss one feed for each value, a URL; for the others one feed, made by flags alone. INVALID
// PROVIDER_UNKNOWN, PROVIDER_NOT_PULLED, SELECTION_MISSING, SELECTION_UNEXPECTED. The engine checks the rest.
Result<std::vector<circuit::feeds::v1::Feed>> make_feeds(const std::string& provider,
                                                         const std::vector<std::string>& values,
                                                         const SelectionFlags& flags);

// Whether any of the changeable flags is given.
bool changes_selection(const SelectionFlags& flags);
// What is given, and nothing else, as an update of a feed of that provider. INVALID SELECTION_UNEXPECTED: a
// flag is another provider's.
Result<void> change_selection(const SelectionFlags& flags, const std::string& provider,
                              circuit::feeds::v1::Feed& feed, google::protobuf::FieldMask& mask);

// "feeds/NAME" of "NAME" or "feeds/NAME"; the same with another collection.
std::string resource_name(const std::string& collection, const std::string& typed);

// How a feed is called when its user is told about it: its address or its name where it has one, or else what
// it reads.
std::string feed_label(const circuit::feeds::v1::Feed& feed);

} // namespace circuit::cli
