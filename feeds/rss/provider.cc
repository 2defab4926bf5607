#include "feeds/rss/provider.h"

#include <utility>

#include "feeds/rss/feed.h"
#include "ingest/text/url.h"

namespace circuit::feeds::rss {
namespace {

Error selection_error(std::string reason, std::string message, std::string next_step) {
  return make_error(ErrorClass::kInvalid, std::move(reason), std::move(message), std::move(next_step))
      .with("field", "rss.url");
}

// "feed:https://x/" and "feed://x/", as browsers once wrote them.
std::string without_feed_scheme(std::string url) {
  if (url.starts_with("feed://")) return "http" + url.substr(4);
  if (url.starts_with("feed:")) return url.substr(5);
  return url;
}

} // namespace

RssProvider::RssProvider(v1::Provider description, RssOptions options)
    : description_(std::move(description)), options_(std::move(options)) {}

Result<void> RssProvider::canonicalize(v1::Feed& feed) const {
  if (!feed.has_rss() || feed.rss().url().empty()) {
    return selection_error("RSS_URL_MISSING", "The selection has no address",
                           "Set rss.url to the feed's address.");
  }
  constexpr size_t kMaxUrl = 8192;
  const std::string given = without_feed_scheme(feed.rss().url());
  auto url = given.size() <= kMaxUrl ? text::normalize_url(given) : std::nullopt;
  const auto parts = url ? text::split_url(*url) : std::nullopt;
  if (!parts || parts->host.empty()) {
    return selection_error("URL_MALFORMED",
                           "\"" + text::loggable_url(given.substr(0, 200)) + "\" is no absolute URL",
                           "Give the whole address, such as https://example.org/feed.xml.");
  }
  if (parts->scheme != "http" && parts->scheme != "https") {
    return selection_error("URL_SCHEME_REFUSED", "The address begins with \"" + parts->scheme + ":\"",
                           "Use an http or https address.");
  }
  if (!parts->user_info.empty()) {
    return selection_error(
        "URL_WITH_CREDENTIALS", "The address contains a user name or password",
        "Leave them out: addresses are stored and logged; feeds that need a password cannot be "
        "read yet.");
  }
  feed.mutable_rss()->set_url(url->substr(0, url->find('#')));
  const std::string& identity = feed.rss().identity();
  if (!identity.empty() && identity != "guid" && identity != "link") {
    return make_error(ErrorClass::kInvalid, "RSS_IDENTITY_UNKNOWN",
                      "identity is \"" + identity.substr(0, 40) + "\"", "Use \"guid\" or \"link\".")
        .with("field", "rss.identity");
  }
  if (!feed.connection().empty()) {
    return make_error(ErrorClass::kInvalid, "CONNECTION_NOT_USED", "Web feeds are read without a connection",
                      "Leave connection empty.")
        .with("field", "connection");
  }
  return {};
}

std::string RssProvider::identity(const v1::Feed& feed) const {
  std::string url = feed.rss().url();
  if (feed.rss().identity() == "link") url.append(1, '\0').append("link");
  return url;
}

std::string RssProvider::fairness_key(const v1::Feed& feed) const {
  return text::url_origin(feed.rss().url());
}

std::unique_ptr<sync::Feed> RssProvider::make_feed(const v1::Feed& feed) const {
  return std::make_unique<RssFeed>(feed.rss(), options_);
}

} // namespace circuit::feeds::rss
