// How many documents a second the JSONL sink takes, and what a line costs.
// jsonl_bench [DOCUMENTS [BATCHES_PER_COMMIT]]

#include <google/protobuf/util/json_util.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "sinks/change_json.h"
#include "sinks/jsonl.h"
#include "tests/sinks/sink_fixture.h"

namespace {

using namespace circuit;
using namespace circuit::sinks;
namespace fixture = circuit::sinks::testing;
using Seconds = std::chrono::duration<double>;

// 2 KiB of text with what web pages have: quotes, line ends, typographic characters, links.
circuit::feeds::v1::Change typical_change(int64_t sequence) {
  std::string text;
  while (text.size() < 2048) {
    text +=
        "The quick “brown” fox — as they say — jumps over the [lazy dog](https://example.org/dogs?id=1).\n\n";
  }
  auto change =
      fixture::upsert("bench", "https://example.org/items/" + std::to_string(sequence), sequence, text);
  auto& document = *change.mutable_document();
  document.set_title("Item " + std::to_string(sequence));
  document.set_canonical_url("https://example.org/items/" + std::to_string(sequence));
  document.mutable_updated_at()->set_seconds(1'700'000'000 + sequence);
  (*document.mutable_metadata())["rss.comments_url"] = "https://example.org/comments";
  document.set_content_hash(std::string(64, 'a'));
  return change;
}

double microseconds_per_line(bool reference) {
  constexpr int kLines = 20'000;
  const auto change = typical_change(1);
  std::string line;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kLines; ++i) {
    line.clear();
    const bool ok = reference ? google::protobuf::util::MessageToJsonString(change, &line).ok()
                              : append_change_json(change, line).ok();
    if (!ok) std::abort();
  }
  return Seconds(std::chrono::steady_clock::now() - start).count() / kLines * 1e6;
}

Task<bool> deliver_all(sync::Sink* sink, int documents, int batches_per_commit) {
  constexpr int kBatch = 32;
  std::vector<std::shared_ptr<const sync::DeliverBatch>> batches;
  for (int i = 0; i < batches_per_commit; ++i) {
    std::vector<circuit::feeds::v1::Change> changes;
    for (int j = 0; j < kBatch; ++j) changes.push_back(typical_change(j));
    batches.push_back(fixture::batch_of(std::move(changes)));
  }
  sync::SessionRequest request{"feeds/bench", 1};
  auto opened = co_await sink->open(std::move(request));
  auto session = std::move(*opened);
  for (int sent = 0; sent < documents;) {
    for (const auto& batch : batches) {
      const auto ack = co_await session->deliver(batch);
      if (!ack) co_return false;
      sent += kBatch;
    }
    const auto position = co_await session->prepare();
    if (!position) co_return false;
    co_await session->committed();
  }
  co_return true;
}

} // namespace

int main(int argc, char** argv) {
  const int documents = argc > 1 ? std::atoi(argv[1]) : 200'000;
  const int batches_per_commit = argc > 2 ? std::atoi(argv[2]) : 16;
  std::printf("a line of a 2 KiB document: %.2f us, by MessageToJsonString %.2f us\n",
              microseconds_per_line(false), microseconds_per_line(true));
  const fixture::Folder folder;
  SystemLoop loop;
  const std::string path = folder / "out.jsonl";
  auto sink = make_jsonl_sink("jsonl:" + path, path, {});
  if (!fixture::run(loop, sink->recover(""))) return 1;
  const auto start = std::chrono::steady_clock::now();
  if (!fixture::run(loop, deliver_all(sink.get(), documents, batches_per_commit))) return 1;
  const double seconds = Seconds(std::chrono::steady_clock::now() - start).count();
  std::printf("%d documents in batches of 32, fdatasync every %d batches: %.0f documents/s\n", documents,
              batches_per_commit, documents / seconds);
}
