#pragma once
// A downstream service as a test knows it: what it holds, what it saw, and how it misbehaves on request.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ingest/runtime/clock.h"
#include "ingest/sync/sink.h"

namespace circuit::sync::testing {

namespace v1 = circuit::feeds::v1;

struct Receiver {
  using Id = std::pair<std::string, std::string>; // feed, external id

  std::map<Id, v1::Document> documents;
  std::vector<v1::Change> log;   // in the order of arrival
  std::set<std::string> refuses; // external ids, whose upserts are refused
  int fail_deliveries = 0;       // the next ones fail, applied or not
  bool apply_before_failing = false;
  bool takes_back = false; // as a file does: what was not committed is gone
  bool removed = false;    // somebody removed all that it held, until it begins anew
  Duration takes{1000};
  Duration opening_takes{0};
  uint64_t outstanding_bytes = 0, outstanding_peak = 0;
  std::map<std::string, std::string> originals; // by their SHA-256, in hexadecimal digits
  bool takes_originals = true;
  std::optional<Error> original_error; // what the next original ends with, after its first piece

  // External id to text, of all feeds.
  std::map<std::string, std::string> texts() const;
};

// A sink that delivers to it. Nothing has an effect while there is no power.
std::unique_ptr<Sink> make_receiver_sink(Receiver& receiver, Clock& clock, const bool& power);

} // namespace circuit::sync::testing
