#pragma once
// What the acceptance suite asks of every provider: a world that the test changes, and the feed that reads
// it. A new provider is one more subject; the suite itself (acceptance_test.cc) does not change.
//
// Items are numbered by the subject in the order in which they were added. What a provider cannot do (rename,
// move, delete with a signal) is said by `can`, and the cases that need it are skipped aloud.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ingest/sync/pull.h"
#include "tests/providers/fault_plan.h"
#include "tests/providers/simulated_provider.h"

namespace circuit::acceptance {

namespace v1 = circuit::feeds::v1;

enum class Ability {
  kEdit,
  kDelete,        // and says so
  kResumeListing, // reads several pages, each checkpointed
  kLosePermission,
  kRejectOneItem, // one of its items can be bad while the others are good
  kEnd,           // the source can say that it will not come back
};

// What must be true of one document at the sink.
struct Expected {
  std::string text_marker; // in its text, and in that of no other version
};

class Subject {
 public:
  virtual ~Subject() = default;

  virtual const sync::Provider& provider() const = 0;
  // The feed under test; `sink` is set by the suite.
  virtual v1::Feed feed() const = 0;
  // Where its requests go: host names ("*.example.com" allowed) to the model.
  virtual std::string host() const = 0;
  virtual providers::SimulatedProvider& model() = 0;
  virtual bool can(Ability ability) const = 0;
  // The account that it reads through, and its token; empty names: it needs none.
  virtual v1::Connection connection() const { return {}; }
  virtual std::string token() const { return {}; }
  // Adds what authorizes the request: the token as a bearer, unless the provider has another way.
  virtual void authorize(http::Request& request, SystemTime /*now*/) const {
    request.headers.set("Authorization", "Bearer " + token());
  }
  // What a sync that finds nothing new may cost.
  virtual uint64_t quiet_requests() const { return 1; }
  // What a first sync may cost that was interrupted at its third request, from its beginning.
  virtual uint64_t resumed_requests() const { return 3 + 5; }

  virtual size_t add_item(SystemTime now) = 0;
  virtual void add_huge_item(SystemTime now, size_t bytes) = 0;
  virtual void add_bad_item(SystemTime now) = 0;
  virtual void edit_item(size_t item, SystemTime now) = 0;
  virtual void delete_item(size_t item, SystemTime now) = 0;
  virtual void lose_permission(bool lost, SystemTime now) = 0;
  virtual void end_source(SystemTime now) = 0;

  // By external id, what a consumer must hold now; and, beyond that, what it may hold.
  virtual std::map<std::string, Expected> must_hold() const = 0;
  virtual bool may_hold(const std::string& external_id) const = 0;
};

struct SubjectCase {
  std::string name;                                            // of the test instance: letters and digits
  std::function<std::unique_ptr<Subject>(uint64_t seed)> make; // a world with ten items
};

// One function for each provider, and all together.
std::vector<SubjectCase> rss_subjects();
std::vector<SubjectCase> github_subjects();
std::vector<SubjectCase> hubspot_forms_subjects();
std::vector<SubjectCase> azure_blob_subjects();
std::vector<SubjectCase> subjects();

} // namespace circuit::acceptance
