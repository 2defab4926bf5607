// Documents through the gRPC sink, against a bare stream that sends the same messages to the same program;
// and a change as a line of JSON, against protobuf's own printer.

#include <google/protobuf/util/json_util.h>

#include <memory>
#include <stdexcept>

#include "ingest/runtime/task_group.h"
#include "sinks/change_json.h"
#include "sinks/grpc.h"
#include "tests/bench/bare_stream.h"
#include "tests/bench/cases.h"
#include "tests/bench/child.h"
#include "tests/sinks/sink_fixture.h"

namespace circuit::bench {
namespace {

namespace v1 = circuit::feeds::v1;
namespace fixture = circuit::sinks::testing;

constexpr int kBatchDocuments = 32;
constexpr int kBatches = 10'000;
constexpr int kInFlight = 8;

Task<void> deliver_repeatedly(sync::SinkSession* session, std::shared_ptr<const sync::DeliverBatch> batch,
                              int* left) {
  while ((*left)-- > 0) {
    const auto ack = co_await session->deliver(batch);
    if (!ack) throw std::runtime_error(ack.error().to_string());
  }
}

Task<bool> deliver_all(SystemLoop* loop, sync::Sink* sink, std::shared_ptr<const sync::DeliverBatch> batch) {
  sync::SessionRequest request{"feeds/bench", 1};
  auto opened = co_await sink->open(std::move(request));
  int left = kBatches;
  TaskGroup group(loop->executor());
  for (int i = 0; i < kInFlight; ++i) group.spawn(deliver_repeatedly(opened->get(), batch, &left));
  co_await group.join();
  co_return true;
}

struct Scene {
  Scene() : receiver(CIRCUIT_BENCH, {"black-hole"}), bare(receiver.address()) {
    std::vector<v1::Change> changes;
    for (int i = 0; i < kBatchDocuments; ++i) {
      changes.push_back(
          fixture::upsert("bench", "https://example.org/" + std::to_string(i), i, std::string(2048, 'x')));
    }
    batch = fixture::batch_of(changes);
    request.mutable_batch()->set_feed("feeds/bench");
    for (const auto& change : changes) *request.mutable_batch()->add_changes() = change;
    auto made = sinks::make_grpc_sink("grpc:" + receiver.address(), receiver.address(), {});
    if (!made) throw std::runtime_error(made.error().to_string());
    sink = std::move(*made);
    const auto recovered = fixture::run(loop, sink->recover(""));
    if (!recovered) throw std::runtime_error(recovered.error().to_string());
  }

  Child receiver;
  BareStream bare;
  std::shared_ptr<const sync::DeliverBatch> batch;
  v1::DeliverRequest request;
  SystemLoop loop;
  std::unique_ptr<sync::Sink> sink;
};

// 2 KiB of text with what web pages have: quotes, line ends, typographic characters, links.
v1::Change typical_change() {
  std::string text;
  while (text.size() < 2048) {
    text +=
        "The quick “brown” fox — as they say — jumps over the [lazy dog](https://example.org/dogs?id=1).\n\n";
  }
  auto change = fixture::upsert("bench", "https://example.org/items/1", 1, text);
  auto& document = *change.mutable_document();
  document.set_title("An item");
  document.set_canonical_url("https://example.org/items/1");
  document.mutable_updated_at()->set_seconds(1'700'000'000);
  document.set_content_hash(std::string(64, 'a'));
  return change;
}

Comparison json_line() {
  constexpr int kLines = 20'000;
  const auto change = std::make_shared<v1::Change>(typical_change());
  const auto write = [change](auto&& append) {
    std::string line;
    for (int i = 0; i < kLines; ++i) {
      line.clear();
      if (!append(*change, line)) throw std::runtime_error("the change has no JSON");
    }
    return double(kLines);
  };
  return {
      "json_line",
      "lines",
      1,
      [write] { return write([](auto& c, auto& line) { return sinks::append_change_json(c, line).ok(); }); },
      [write] {
        return write(
            [](auto& c, auto& line) { return google::protobuf::util::MessageToJsonString(c, &line).ok(); });
      },
      5};
}

} // namespace

std::vector<Case> sink_cases() {
  return {{"json_line", json_line},
          {"grpc_sink", [] {
             auto scene = std::make_shared<Scene>();
             const double documents = double(kBatches) * kBatchDocuments;
             return Comparison{"grpc_sink",
                               "documents",
                               0.6,
                               [scene, documents] {
                                 fixture::run(scene->loop,
                                              deliver_all(&scene->loop, scene->sink.get(), scene->batch));
                                 return documents;
                               },
                               [scene, documents] {
                                 scene->bare.send(scene->request, kBatches);
                                 return documents;
                               },
                               5};
           }}};
}

} // namespace circuit::bench
