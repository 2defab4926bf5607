#pragma once
// A provider's world in the simulation: it changes while it is synced, and knows the truth.

#include <map>
#include <memory>
#include <set>
#include <string>

#include "circuit/feeds/v1/document.pb.h"
#include "ingest/runtime/random.h"
#include "ingest/sync/pull.h"
#include "tests/providers/simulated_provider.h"
#include "tests/simulation/scenario.h"

namespace circuit::simulation {

// What a receiver holds of one feed.
using Held = std::map<std::string, v1::Document>;

class Source {
 public:
  virtual ~Source() = default;

  virtual providers::SimulatedProvider& model() = 0;
  // Where its requests go.
  virtual std::string host() const = 0;
  // The selection of one of its feeds, over what the plan says.
  virtual v1::Feed feed(const FeedPlan& plan) const = 0;

  // One change, and what it was.
  virtual std::string change(Random& random, double removals, SystemTime now) = 0;
  // Much goes away at once.
  virtual void remove_many(Random& random, SystemTime now) = 0;
  // Everything can be read again from now on; what is bad stays bad.
  virtual void calm(SystemTime now) = 0;

  // Why such a document cannot be; empty: it can.
  virtual std::string impossible(const v1::Document& document) const = 0;
  // A number that grows with each version of a document; 0: not known, or the source served an old one.
  virtual uint64_t version_number(const v1::Document& document) const = 0;
  // Whether a feed may remove it now.
  virtual bool may_remove(const FeedPlan& plan, const std::string& external_id) const = 0;
  // What differs from the truth of a feed that has read everything, but for `excused`; empty: nothing.
  // `after_full`: its last sync read everything again.
  virtual std::string difference(const FeedPlan& plan, const Held& held, const std::set<std::string>& excused,
                                 bool after_full) const = 0;
  // Whether it cannot be read, so that there must be a dead letter for it.
  virtual std::set<std::string> unreadable() const { return {}; }
  virtual bool has_ended(const FeedPlan&) const { return false; }
};

std::unique_ptr<Source> make_library_source(const SourcePlan& plan);
std::unique_ptr<Source> make_web_source(const SourcePlan& plan);

} // namespace circuit::simulation
