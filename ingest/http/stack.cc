#include "ingest/http/stack.h"

namespace circuit::http {

HttpStack::HttpStack(std::unique_ptr<HttpTransport> wire, Clock& clock, Random& random, StackOptions options)
    : wire_(std::move(wire)),
      egress_(*wire_),
      throttle_(egress_, clock, std::move(options.throttle)),
      auth_(throttle_),
      retry_(auth_, clock, random, options.retry, options.retry_budget),
      redirect_(retry_) {}

} // namespace circuit::http
