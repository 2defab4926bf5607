#include "tests/fuzz/feed_properties.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "feeds/rss/discover.h"
#include "feeds/rss/identity.h"
#include "feeds/rss/normalize.h"
#include "feeds/rss/raw_json.h"
#include "feeds/rss/schedule.h"
#include "ingest/text/charset.h"
#include "tests/fuzz/target.h"

namespace circuit::fuzz {
namespace {

using feeds::rss::IdentityKey;
using feeds::rss::Item;
using feeds::rss::ParseOptions;
using feeds::rss::RawFeed;

constexpr auto kReasons = std::to_array<std::string_view>(
    {"RSS_EMPTY_BODY", "RSS_BINARY", "RSS_IS_HTML", "RSS_NOT_A_FEED", "RSS_TOO_DEEP", "RSS_TOO_LARGE"});
constexpr SystemTime kNow{std::chrono::seconds(1'800'000'000)};
constexpr size_t kLongestId = 512;

void check_refusal(const Error& error) {
  require_clear(error);
  require(error.cls == ErrorClass::kInvalid, "a body that is no feed is INVALID", error.reason);
  const bool documented = std::find(kReasons.begin(), kReasons.end(), error.reason) != kReasons.end();
  require(documented, "parse.h names the reason", error.reason);
}

void check_json(const std::string& json) {
  require(text::is_valid_utf8(json), "the raw feed's JSON is UTF-8", json);
  boost::system::error_code code;
  boost::json::parse(json, code);
  require(!code, "the raw feed's JSON is JSON", json);
}

// proto3 refuses strings that are not UTF-8 when it reads them.
std::string checked_bytes(const circuit::feeds::v1::Document& document) {
  std::string bytes;
  require(document.SerializeToString(&bytes), "a document can be written");
  circuit::feeds::v1::Document again;
  require(again.ParseFromString(bytes), "a document that was written can be read", bytes);
  return bytes;
}

std::vector<std::string> documents_of(const RawFeed& raw, IdentityKey key, size_t max_text_bytes) {
  feeds::rss::NormalizeOptions how;
  how.url = "https://feeds.example/feed";
  how.now = kNow;
  how.max_text_bytes = max_text_bytes;
  std::vector<std::string> documents;
  std::set<std::string> ids;
  for (const Item& item : feeds::rss::identify_items(raw, key)) {
    require(item.external_id.size() <= kLongestId, "an id is short", item.external_id);
    require(item.external_id.empty() || ids.insert(item.external_id).second, "an id is unique",
            item.external_id);
    require(!item.version.empty(), "an item has a version", item.external_id);
    const auto document = feeds::rss::normalize(raw, item, how);
    require(document.text().size() <= max_text_bytes, "the text keeps to its bound", document.text());
    const std::string& url = document.canonical_url();
    require(url.empty() || url.starts_with("http://") || url.starts_with("https://"),
            "a canonical URL can be opened in a browser", url);
    require(!document.has_updated_at() || document.updated_at().seconds() < 1'900'000'000,
            "no date of the future is believed");
    documents.push_back(checked_bytes(document));
  }
  return documents;
}

void check_hints(const RawFeed& raw) {
  const Duration interval = std::chrono::minutes(5);
  const auto hints = feeds::rss::hints_of(raw.feed);
  const SystemTime next = feeds::rss::suggest_next_read(hints, {}, kNow, interval);
  require(next >= kNow + interval, "a feed is not read before its interval has passed");
  require(next <= kNow + std::chrono::hours(24 * 8), "a feed is read within a day and what it skips");
}

void check_discovery(std::string_view bytes, const std::string& url) {
  std::set<std::string> seen;
  for (const std::string& found : feeds::rss::discover_feeds(bytes, url)) {
    require(found.starts_with("http://") || found.starts_with("https://"), "a page names web addresses",
            found);
    require(seen.insert(found).second, "a feed that a page names is listed once", found);
  }
}

} // namespace

void check_feed(std::string_view bytes, const ParseOptions& options) {
  check_discovery(bytes, options.url);
  auto parsed = feeds::rss::parse_feed(bytes, options);
  if (!parsed) return check_refusal(parsed.error());
  const RawFeed raw = *std::move(parsed); // its views have to stay good
  const std::string json = feeds::rss::raw_to_json(raw);
  check_json(json);
  check_hints(raw);
  const auto documents = documents_of(raw, IdentityKey::kGuid, 4096);
  documents_of(raw, IdentityKey::kLink, 60);

  constexpr size_t kReadTwice = 4096;
  if (bytes.size() > kReadTwice) return;
  const auto again = feeds::rss::parse_feed(bytes, options);
  require(again.ok(), "what is a feed stays one");
  require(feeds::rss::raw_to_json(*again) == json, "the same bytes give the same raw feed", json);
  require(documents_of(*again, IdentityKey::kGuid, 4096).size() == documents.size(),
          "the same bytes give the same documents");
}

} // namespace circuit::fuzz
