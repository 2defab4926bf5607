#include "tests/bench/original.h"

#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "ingest/runtime/system_loop.h"
#include "sinks/registry.h"

namespace circuit::bench {
namespace {

class GeneratedOriginal final : public sync::ContentSource {
 public:
  explicit GeneratedOriginal(uint64_t bytes) : left_(bytes) {}
  Task<Result<std::string>> read() override {
    std::string piece(static_cast<size_t>(std::min<uint64_t>(left_, 64 << 10)), 'o');
    left_ -= piece.size();
    co_return piece;
  }

 private:
  uint64_t left_;
};

using Stored = Result<circuit::feeds::v1::RawContent>;

Task<void> deliver(sync::Sink& sink, uint64_t bytes, std::optional<Stored>* outcome) {
  auto recovered = co_await sink.recover("");
  if (!recovered) {
    *outcome = std::move(recovered).error();
    co_return;
  }
  sync::SessionRequest request{"feeds/one", 1};
  auto session = co_await sink.open(std::move(request));
  if (!session) {
    *outcome = std::move(session).error();
    co_return;
  }
  GeneratedOriginal source(bytes);
  *outcome = co_await (*session)->deliver_content(source);
}

} // namespace

void deliver_original(const std::string& uri, const std::string& bytes) {
  auto sink = sinks::make_sink(uri, {});
  std::optional<Stored> outcome;
  if (sink) {
    SystemLoop loop;
    bool done = false;
    boost::asio::co_spawn(loop.executor(), deliver(**sink, std::stoull(bytes), &outcome),
                          [&done](std::exception_ptr) { done = true; });
    loop.run_while([&done] { return !done; });
    sink->reset();
  }
  if (!outcome || !*outcome) {
    std::fprintf(stderr, "%s\n", outcome ? outcome->error().to_string().c_str() : "it was not delivered");
    std::exit(1);
  }
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  std::printf("peak %f\n", static_cast<double>(usage.ru_maxrss) / 1024);
  std::exit(0);
}

} // namespace circuit::bench
