#include "ingest/http/stack.h"

namespace circuit::http {

HttpStack::HttpStack(std::unique_ptr<HttpTransport> wire, Clock& clock, Random& random, StackOptions options)
    : wire_(std::move(wire)),
      egress_(*wire_),
      throttle_(egress_, clock, std::move(options.throttle)),
      retry_(throttle_, clock, random, options.retry, options.retry_budget),
      redirect_(retry_) {}

} // namespace circuit::http
