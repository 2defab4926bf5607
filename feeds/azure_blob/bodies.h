#pragma once
// From a listed blob to its document with its content, as far as the feed's content policy wants it. Several
// are read side by side. On the loop of their Pull.

#include <memory>
#include <optional>
#include <string>

#include "circuit/feeds/v1/document.pb.h"
#include "feeds/azure_blob/raw.h"
#include "ingest/runtime/error.h"
#include "ingest/runtime/result.h"
#include "ingest/runtime/task.h"
#include "ingest/sync/pull.h"

namespace circuit::feeds::azure_blob {

struct Reading;
class BlobRanges;

struct Body {
  enum Outcome {
    kReady,
    kStreamed, // its bytes go to the sink when its turn comes
    kGone,     // deleted since it was listed
    kContainerGone,
    kMoving,   // changed again each time that it was read
    kRejected, // this one cannot be read: `error` says why
    kTroubled, // `error` may be about this one, or about all of them
    kFailed,   // nothing can: `error` says why
  };
  explicit Body(Blob listed) : blob(std::move(listed)) {}

  Blob blob;
  Outcome outcome = kReady;
  circuit::feeds::v1::Document document;
  bool fetched = false; // some of its content came from the service
  std::string bytes;    // for the sink, where the original is wanted
  std::optional<Error> error;
};

class Bodies {
 public:
  Bodies(const Reading& reading, std::string container)
      : reading_(reading), container_(std::move(container)) {}

  // What reading it will hold in memory.
  uint64_t bytes_to_hold(const Blob& blob) const;
  // Ahead of its turn, and beside others. Does nothing once one has failed.
  Task<std::unique_ptr<Body>> read(sync::Api& api, Blob listed);
  // Hands the original to the sink, for those that are kStreamed.
  Task<void> stream(Body* body);

 private:
  std::string_view omitted(const Blob& blob) const;
  bool wants_original() const;
  Task<void> read_listed(sync::Api& api, Body* body);
  Task<Result<std::string>> content(sync::Api& api, const Blob& blob, bool* differs);
  Task<Result<std::string>> in_ranges(sync::Api& api, const Blob& blob);
  Task<Result<circuit::feeds::v1::RawContent>> deliver_decoded(const Blob& blob);
  Task<Result<circuit::feeds::v1::RawContent>> deliver_ranges(const Blob& blob);
  Task<void> hand_over(BlobRanges& ranges, Result<circuit::feeds::v1::RawContent>* delivered);
  Task<bool> list_again(sync::Api& api, Body* body);
  void describe_failure(Body* body, Error error);

  const Reading& reading_;
  const std::string container_;
  bool failed_ = false;
};

} // namespace circuit::feeds::azure_blob
