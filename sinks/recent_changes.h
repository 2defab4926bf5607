#pragma once
// What a receiver remembers of the documents it took lately, so that what is sent again is not taken twice.
//
// The worker promises at least once, in order per document, with (feed, external_id, version) as the identity
// of a change. So a change that leaves its document as it is already known to be has nothing new, and one of
// an older epoch than the feed's is stale, and so is one of a lower sequence than the document's last: it is
// left of a stream that broke, and a newer one came before it. Sequence numbers are no identity: after a
// crash the same change comes again under a higher one. Nor are batch ids: those of a worker that was started
// again begin anew.
//
// One thread at a time.

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>

#include "circuit/feeds/v1/document.pb.h"

namespace circuit::sinks {

class RecentChanges {
 public:
  enum class Verdict { kNew, kDuplicate, kStale };

  // Remembers so many documents, those that changed last.
  explicit RecentChanges(size_t documents_max) : documents_max_(documents_max) {}

  Verdict judge(const circuit::feeds::v1::Change& change) const;
  void remember(const circuit::feeds::v1::Change& change);
  void clear();
  size_t size() const { return by_document_.size(); }

 private:
  struct Known {
    std::string document; // key of by_document_
    int64_t epoch;
    int64_t sequence;
    std::string state; // kind, version and content hash
  };
  using Order = std::list<Known>;

  const size_t documents_max_;
  Order order_; // the one that changed last is at the back
  std::unordered_map<std::string, Order::iterator> by_document_;
  std::unordered_map<std::string, int64_t> epochs_; // the highest of each feed
};

} // namespace circuit::sinks
