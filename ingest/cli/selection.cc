#include "ingest/cli/selection.h"

#include "config/catalog.h"
#include "config/suggest.h"
#include "ingest/text/url.h"

namespace circuit::cli {

using circuit::feeds::v1::Feed;

void add_selection_flags(Command& command, SelectionFlags& flags) {
  command
      .text("--sink", flags.sink, "SINK",
            "Where documents go: jsonl:PATH, jsonl:- (stdout) or grpc:HOST:PORT.")
      .flag("--with-history", flags.with_history, "rss: follow archive and paging links on the first sync.")
      .choice("--identity", flags.identity, {"guid", "link"},
              "rss: what identifies an item, guid (default) or link.");
}

Result<std::vector<Feed>> make_feeds(const std::string& provider, const std::vector<std::string>& values,
                                     const SelectionFlags& flags) {
  const std::vector<std::string> providers = {"rss"};
  if (provider != "rss") {
    const auto catalog = config::load_catalog();
    if (catalog && config::find_entry(*catalog, provider) != nullptr) {
      return make_error(ErrorClass::kInvalid, "PROVIDER_NOT_PULLED",
                        provider + " is declared, and this version does not pull from it yet",
                        "`circuit-feeds providers` says which are pulled.")
          .with("provider", provider);
    }
    const bool url = provider.find("://") != std::string::npos;
    return make_error(
        ErrorClass::kInvalid, "PROVIDER_UNKNOWN", "There is no provider \"" + provider.substr(0, 100) + "\"",
        url ? "Put the provider before the address: rss " + text::loggable_url(provider)
            : "`circuit-feeds providers` lists what there is." + config::did_you_mean(provider, providers));
  }
  if (values.empty()) {
    return make_error(ErrorClass::kInvalid, "SELECTION_MISSING", "No address of a feed is given",
                      "Add one or more, such as rss https://example.org/feed.xml.");
  }
  std::vector<Feed> feeds;
  for (const auto& url : values) {
    Feed feed;
    feed.set_provider(provider);
    feed.set_sink(flags.sink);
    feed.mutable_rss()->set_url(url);
    feed.mutable_rss()->set_with_history(flags.with_history);
    feed.mutable_rss()->set_identity(flags.identity);
    feeds.push_back(std::move(feed));
  }
  return feeds;
}

std::string resource_name(const std::string& collection, const std::string& typed) {
  return typed.starts_with(collection + "/") ? typed : collection + "/" + typed;
}

std::string feed_label(const Feed& feed) {
  return feed.has_rss() ? text::loggable_url(feed.rss().url()) : feed.name();
}

} // namespace circuit::cli
