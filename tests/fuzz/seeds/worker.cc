// What a worker reads of its own: records, keys, settings.

#include <array>
#include <fstream>
#include <iterator>

#include "circuit/feeds/state/v1/records.pb.h"
#include "ingest/state/layout.h"
#include "ingest/state/records.h"
#include "tests/fuzz/seeds/seeds.h"

namespace circuit::fuzz {
namespace {

namespace stored = circuit::feeds::state::v1;

std::string file(const std::string& name) {
  std::ifstream in(std::string(CIRCUIT_CONFIG_DIR "/") + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void add_records(SeedFolder& seeds) {
  stored::FeedRecord feed;
  feed.set_format(1);
  feed.mutable_settings()->set_name("feeds/news");
  feed.set_paused(true);
  stored::FeedStateRecord state;
  state.set_format(1);
  state.set_epoch(3);
  state.mutable_cursor()->mutable_rss()->set_etag("\"x\"");
  state.mutable_cursor()->mutable_rss()->mutable_hints()->set_skip_hours(7);
  state.mutable_next_sync_at()->set_seconds(1'700'000'000);
  stored::ManifestRecord manifest;
  manifest.set_version("v");
  manifest.set_content_hash(std::string(32, 'h'));
  stored::RunRecord run;
  run.mutable_sync()->set_name("syncs/1");
  stored::DeadLetterRecord letter;
  letter.mutable_letter()->set_external_id("x");
  stored::RequestRecord request;
  request.set_resource("syncs/1");
  stored::SinkRecord sink;
  sink.set_position("p");
  const auto records = std::to_array<const google::protobuf::MessageLite*>(
      {&feed, &state, &manifest, &run, &letter, &request, &sink});
  for (size_t i = 0; i < records.size(); ++i) {
    const std::string bytes = state::serialize(*records[i]);
    const char kind = static_cast<char>('\x07' + i);
    seeds.add("records", kind + bytes);
    seeds.add("records", kind + bytes.substr(0, bytes.size() - 1));
  }
  feed.set_format(99);
  seeds.add("records", "\x07" + state::serialize(feed));
}

void add_keys(SeedFolder& seeds) {
  const SystemTime time{std::chrono::seconds(1'700'000'000)};
  for (const std::string& key : {state::feed_key("feeds/a"), state::manifest_key("feeds/a", 1, "id"),
                                 state::run_by_feed_key("feeds/a", time, "syncs/1"),
                                 state::dead_letter_key("feeds/a", "x"), state::sink_key("jsonl:-")}) {
    seeds.add("keys", "\x0A" + key);
  }
  using namespace std::string_literals;
  seeds.add("keys",
            "\x01\x19"
            "abc\x02"
            "12345678\x00\x19"
            "abd\x02"
            "12345679\x00"s);
  seeds.add("keys", "\x01\x02\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00"s);
}

void add_credentials(SeedFolder& seeds) {
  using namespace std::string_literals;
  // The key of docs/credential-format.md.
  seeds.add("credentials",
            "\x04"
            "circuit-feeds-key-1:fe628e30a2403494:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
  seeds.add("credentials", "\x01\x01"s + "8 bytes." + std::string(40, 'x'));
  seeds.add("credentials", "\x02\x07\x05token\x00\x15\x01y"s);
  seeds.add("credentials",
            "\x03\x01s\x00\x00\x00\x05token\x00\x00\x00\x01x"
            "a\x00\x00\x00\x04type\x00\x00\x00\x06"
            "bearer"s);
}

} // namespace

void add_worker_seeds(SeedFolder& seeds) {
  add_records(seeds);
  add_credentials(seeds);
  add_keys(seeds);
  seeds.add("config", "\x04" + file("default.yaml"));
  seeds.add("config", "\x05" + file("providers/rss.yaml"));
  constexpr auto kPieces = std::to_array<std::string_view>(
      {"\x04"
       "engine:\n  batch_max_size: 64KiB\n  max_removal_share: 0.5\nlog: {level: debug}\n",
       "\x04"
       "a: &x [1, 2]\nb: *x\n",
       "\x04"
       "engine: {batch_max_size: [}\n",
       "\x04"
       "- !!int x\n--- \n...\n",
       "\x06"
       "CIRCUIT_FEEDS_HTTP_PROXY=none\nCIRCUIT_FEEDS_ENGINE_MAX_PARK=1h30m\n",
       "\x06"
       "CIRCUIT_FEEDS_HTP_PROXY=none\nOTHER=1\n",
       "\x07"
       "1d2h3m4s5ms6us",
       "\x07"
       "64MiB",
       "\x07"
       "0B\n0s",
       "\x07"
       "9223372036854775807us"});
  for (const std::string_view piece : kPieces) seeds.add("config", piece);
}

} // namespace circuit::fuzz
