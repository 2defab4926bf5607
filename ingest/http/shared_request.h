#pragma once
// A request on its way down the layers. They share it: nobody copies it to be able to send it again, nobody
// changes it, and where it goes is read out of its URL once. Who has to send another one makes a Request of
// its own. One loop.

#include <memory>
#include <utility>

#include "ingest/http/message.h"

namespace circuit::http {

struct UrlTarget; // url_target.h

class SharedRequest {
 public:
  SharedRequest(Request request) // NOLINT: every Request can be sent
      : sent_(std::make_shared<Sent>(std::move(request))) {}

  // What `of` was made into. Where it goes to the same URL, that is still read once for both.
  SharedRequest(Request request, const SharedRequest& of) : SharedRequest(std::move(request)) {
    if (sent_->request.url == of->url) sent_->same_url = of.sent_;
  }

  const Request& operator*() const { return sent_->request; }
  const Request* operator->() const { return &sent_->request; }

 private:
  friend const Result<UrlTarget>& target_of(const SharedRequest& request);

  struct Sent {
    explicit Sent(Request r) : request(std::move(r)) {}
    const Request request;
    std::shared_ptr<const Result<UrlTarget>> target; // null: not read yet
    std::shared_ptr<Sent> same_url;                  // whose target is this one's
  };
  std::shared_ptr<Sent> sent_;
};

} // namespace circuit::http
