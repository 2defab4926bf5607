// Whole syncs by the real program, as a process: HTTP from a simulator to a receiver, with fsynced
// checkpoints; against the slower of bare libcurl fetching the same bodies and a bare stream sending the same
// documents. And polls that find nothing new, of a worker that has as many due as it can make, against bare
// conditional requests with the same fields.

#include <cstdio>
#include <memory>
#include <stdexcept>

#include "feeds/rss/client.h"
#include "feeds/rss/identity.h"
#include "feeds/rss/normalize.h"
#include "feeds/rss/parse.h"
#include "ingest/runtime/digest.h"
#include "tests/bench/bare_stream.h"
#include "tests/bench/cases.h"
#include "tests/bench/stage.h"

namespace circuit::bench {
namespace {

namespace v1 = circuit::feeds::v1;
namespace rss = circuit::feeds::rss;

// What a worker sends for one feed, in one message.
v1::DeliverRequest documents_of(const std::string& body, const std::string& url) {
  rss::ParseOptions how;
  how.url = url;
  const auto parsed = rss::parse_feed(body, how);
  if (!parsed) throw std::runtime_error(parsed.error().to_string());
  rss::NormalizeOptions options;
  options.url = url;
  v1::DeliverRequest request;
  request.mutable_batch()->set_feed("feeds/bench");
  for (const auto& item : rss::identify_items(*parsed, rss::IdentityKey::kGuid)) {
    v1::Change& change = *request.mutable_batch()->add_changes();
    *change.mutable_document() = rss::normalize(*parsed, item, options);
    change.mutable_document()->set_content_hash(std::string(64, 'a'));
    change.set_feed("feeds/bench");
    change.set_external_id(change.document().external_id());
  }
  return request;
}

class Scene {
 public:
  Scene(int feeds, int items)
      : stage_({"--feeds", std::to_string(feeds), "--items", std::to_string(items), "--kinds", "plain"}),
        receiver_(CIRCUIT_BENCH, {"black-hole"}),
        bare_(receiver_.address()) {
    const std::string first = stage_.feeds().front().url;
    for (Peer& feed : stage_.feeds()) {
      feed.headers = {std::string("Accept: ") + rss::kAccept, "User-Agent: circuit-feeds/0.1.0"};
    }
    body_ = circuit::bench::fetch(first);
    documents_ = documents_of(body_, first);
  }

  // A first sync into a new data directory.
  void sync() {
    ++syncs_;
    std::vector<std::string> urls;
    for (const auto& feed : stage_.feeds()) urls.push_back(feed.url);
    const auto ended =
        stage_.sync("data-" + std::to_string(syncs_), urls, {"--sink", "grpc:" + receiver_.address()});
    if (ended.code != 0)
      throw std::runtime_error("the sync ended with code " + std::to_string(ended.code) + ": " + ended.err);
  }
  void make_polled() { stage_.make_polled("polled", {"--sink", "grpc:" + receiver_.address()}); }
  // A worker that has every feed to poll at once, as after a restart.
  Done poll() {
    const auto polled = stage_.poll_all("polled");
    std::fprintf(stderr, "nothing_new: peak %.1f MiB\n", polled.peak_mib);
    return {polled.polls, polled.seconds};
  }
  void fetch(bool conditional) { fetch_all(stage_.feeds(), conditional); }
  void stream() { bare_.send(documents_, static_cast<int>(stage_.feeds().size())); }
  // What no worker is spared between the two, on one core and without either: parsing and normalizing.
  void transform() {
    for (const auto& feed : stage_.feeds()) documents_of(body_, feed.url);
  }
  // The same bytes through libraries alone, and nothing of ours: XML and HTML read and thrown away, what has
  // to be hashed (the body, each entry, each document), and the documents written twice as protobuf, for the
  // hash and for the wire.
  void libraries() {
    for (size_t i = 0; i < stage_.feeds().size(); ++i) {
      read_with_libraries(body_);
      std::string written = documents_.SerializeAsString();
      for (const auto* bytes : {&body_, &body_, &written}) sha256(*bytes);
      documents_.SerializeAsString();
    }
  }
  double feeds() { return static_cast<double>(stage_.feeds().size()); }

 private:
  Stage stage_;
  Child receiver_;
  BareStream bare_;
  std::string body_; // of the first feed; all are alike
  v1::DeliverRequest documents_;
  int syncs_ = 0;
};

Comparison first_sync() {
  constexpr int kItems = 50;
  auto scene = std::make_shared<Scene>(2000, kItems);
  scene->fetch(false); // pages are made at their first request
  const double http = seconds_of([&] { scene->fetch(false); });
  const double stream = seconds_of([&] { scene->stream(); });
  const double transform = seconds_of([&] { scene->transform(); });
  const double libraries = seconds_of([&] { scene->libraries(); });
  std::fprintf(stderr,
               "first_sync: bare HTTP %.2f s, bare stream %.2f s; the slower is the ceiling. Parsing and "
               "normalizing alone: %.2f s; the same bytes through libraries alone: %.2f s\n",
               http, stream, transform, libraries);
  const double documents = scene->feeds() * kItems;
  return {"first_sync",
          "documents",
          0.5,
          [scene, documents] {
            scene->sync();
            return documents;
          },
          [scene, documents, http, stream] {
            http > stream ? scene->fetch(false) : scene->stream();
            return documents;
          },
          3};
}

Comparison nothing_new() {
  auto scene = std::make_shared<Scene>(10'000, 5);
  scene->make_polled();
  scene->poll(); // reads everything for the first time
  scene->fetch(false);
  return {"nothing_new",
          "polls",
          0.6,
          [scene] { return scene->poll(); },
          [scene] {
            scene->fetch(true);
            return scene->feeds();
          },
          5};
}

} // namespace

std::vector<Case> sync_cases() { return {{"first_sync", first_sync}, {"nothing_new", nothing_new}}; }

} // namespace circuit::bench
