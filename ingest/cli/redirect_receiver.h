#pragma once
// Where a browser comes back to after a person has said yes or no: one path on 127.0.0.1, at a free port, for
// one request (RFC 8252 section 7.3). The port is closed as soon as that request is there; the browser then
// waits for answer(), and shows a page without scripts.
//
// Serves on a thread of its own. All calls from the loop's thread; the loop outlives it.

#include <memory>
#include <optional>
#include <string>

#include "ingest/runtime/loop.h"
#include "ingest/runtime/result.h"

namespace circuit::cli {

class RedirectReceiver {
 public:
  // EXHAUSTED LOOPBACK_UNAVAILABLE: nothing can listen on 127.0.0.1.
  static Result<std::unique_ptr<RedirectReceiver>> open(Loop& loop);
  ~RedirectReceiver(); // closes all; who was not answered sees the connection end

  // "http://127.0.0.1:PORT/callback"
  const std::string& redirect_uri() const;
  // The whole address at which the browser came. It may hold a code: wipe it when it was used. AUTH
  // AUTHORIZATION_TIMED_OUT.
  Task<Result<std::string>> receive(Duration limit);
  // What the page says: connected as `account` (may be empty), or why not. Returns when it was sent, or at
  // once where nobody waits for it.
  Task<void> answer_success(std::string account);
  Task<void> answer_failure(Error error);

 private:
  struct Parts;
  explicit RedirectReceiver(std::unique_ptr<Parts> parts);
  Task<void> answer(std::string page);
  std::unique_ptr<Parts> parts_;
};

} // namespace circuit::cli
