// What a worker's memory comes to when the source or the sink is as bad as it gets. The bound is what is
// configured for what is on its way (engine.delivery_credit and engine.body_credit), and 64 MiB for
// everything else.

#include <stdexcept>

#include "tests/bench/cases.h"
#include "tests/bench/stage.h"

namespace circuit::bench {
namespace {

constexpr double kBoundMib = 64 + 128 + 64;

std::vector<std::string> urls(Stage& stage) {
  std::vector<std::string> all;
  for (const auto& feed : stage.feeds()) all.push_back(feed.url);
  return all;
}

Peak at_end(const Stage::Ended& ended, int code, double bound_mib) {
  if (ended.code != code)
    throw std::runtime_error("the sync ended with code " + std::to_string(ended.code) + ": " + ended.err);
  return {ended.peak_mib, bound_mib};
}

// One feed whose history has a million items, 1,000 a page.
Peak million_items() {
  Stage stage({"--feeds", "1", "--items", "1000000", "--item-bytes", "60", "--kinds", "paged", "--page-size",
               "1000"});
  Child receiver(CIRCUIT_BENCH, {"black-hole"});
  const auto ended =
      stage.sync("data", urls(stage), {"--with-history", "--sink", "grpc:" + receiver.address()},
                 std::chrono::minutes(20));
  return at_end(ended, 0, kBoundMib);
}

// 400 feeds of 2 MiB each, and a receiver that takes batches and never answers.
Peak stalled_sink() {
  Stage stage({"--feeds", "400", "--items", "500", "--item-bytes", "4000", "--kinds", "plain"});
  Child receiver(CIRCUIT_FEEDS,
                 {"receive", "--listen", "127.0.0.1:0", "--out", stage.path("received.jsonl"), "--stall"});
  const auto ended =
      stage.sync("data", urls(stage), {"--sink", "grpc:" + receiver.address()}, std::chrono::seconds(25));
  return at_end(ended, 137, kBoundMib);
}

// Bodies of a GiB, several at a time: refused when they pass the limit.
Peak gigabyte_response() {
  Stage stage({"--feeds", "0"});
  Child receiver(CIRCUIT_BENCH, {"black-hole"});
  std::vector<std::string> targets;
  for (int i = 0; i < 8; ++i)
    targets.push_back(stage.simulator() + "/odd/huge?bytes=1073741824&n=" + std::to_string(i));
  const auto ended = stage.sync("data", targets, {"--sink", "grpc:" + receiver.address()});
  return at_end(ended, 1, kBoundMib);
}

// 10,000 feeds with nothing new.
Peak idle_feeds() {
  Stage stage({"--feeds", "10000", "--items", "5", "--kinds", "plain"});
  Child receiver(CIRCUIT_BENCH, {"black-hole"});
  const std::vector<std::string> sink = {"--sink", "grpc:" + receiver.address()};
  at_end(stage.sync("data", urls(stage), sink), 0, 200);
  return at_end(stage.sync("data", urls(stage), sink), 0, 200);
}

constexpr const char* kGibibyte = "1073741824";
// A program, of which 36 MiB are pages of its file and its libraries', and what is on its way: at the sender
// one piece, at the receiver the credit that it grants. No worker.
constexpr double kOriginalBoundMib = 64;

Peak deliver_original_to(const std::string& sink) {
  testing::Process sender(CIRCUIT_BENCH, {"original", sink, kGibibyte});
  const auto finished = sender.finish(std::chrono::seconds(300));
  if (finished.code != 0 || !finished.out.starts_with("peak ")) {
    throw std::runtime_error("the original was not delivered: " + finished.err);
  }
  return {std::stod(finished.out.substr(5)), kOriginalBoundMib};
}

// An original of a GiB, to a file and to a receiver: the sender's peak, and the receiver's.
Peak original_to_file() {
  Stage stage({"--feeds", "0"});
  return deliver_original_to("jsonl:" + stage.path("out.jsonl"));
}

Peak original_to_receiver() {
  Stage stage({"--feeds", "0"});
  Child receiver(CIRCUIT_FEEDS,
                 {"receive", "--listen", "127.0.0.1:0", "--out", stage.path("received.jsonl")});
  return deliver_original_to("grpc:" + receiver.address());
}

Peak original_at_receiver() {
  Stage stage({"--feeds", "0"});
  Child receiver(CIRCUIT_FEEDS,
                 {"receive", "--listen", "127.0.0.1:0", "--out", stage.path("received.jsonl")});
  deliver_original_to("grpc:" + receiver.address());
  return {peak_mib(receiver.pid()), kOriginalBoundMib};
}

} // namespace

std::vector<MemoryCase> memory_cases() {
  return {{"memory_million_items", million_items},
          {"memory_stalled_sink", stalled_sink},
          {"memory_gigabyte_response", gigabyte_response},
          {"memory_nothing_new", idle_feeds},
          {"memory_original_to_file", original_to_file},
          {"memory_original_to_receiver", original_to_receiver},
          {"memory_original_at_receiver", original_at_receiver}};
}

} // namespace circuit::bench
