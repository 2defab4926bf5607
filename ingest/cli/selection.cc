#include "ingest/cli/selection.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "config/catalog.h"
#include "config/suggest.h"
#include "ingest/text/url.h"

namespace circuit::cli {

using circuit::feeds::v1::Feed;

namespace {

using Feeds = std::vector<Feed>;

Result<Feeds> rss_feeds(const std::vector<std::string>& urls, const SelectionFlags& flags) {
  if (urls.empty()) {
    return make_error(ErrorClass::kInvalid, "SELECTION_MISSING", "No address of a feed is given",
                      "Add one or more, such as rss https://example.org/feed.xml.");
  }
  Feeds feeds(urls.size());
  for (size_t i = 0; i < urls.size(); ++i) {
    auto& selection = *feeds[i].mutable_rss();
    selection.set_url(urls[i]);
    selection.set_with_history(flags.with_history);
    selection.set_identity(flags.identity);
  }
  return feeds;
}

Result<Feeds> one_feed(const std::string& provider, const std::vector<std::string>& values, Feed feed) {
  if (!values.empty()) {
    return make_error(ErrorClass::kInvalid, "SELECTION_UNEXPECTED",
                      "\"" + values.front().substr(0, 100) + "\" is more than " + provider + " takes",
                      "Select with flags; `circuit-feeds sync --help` has them.")
        .with("provider", provider);
  }
  if (feed.connection().empty()) {
    return make_error(ErrorClass::kInvalid, "SELECTION_MISSING",
                      "No account is given to read " + provider + " with",
                      "Add --connection NAME; `circuit-feeds connect " + provider + "` makes one.")
        .with("provider", provider);
  }
  return Feeds{std::move(feed)};
}

void add_all(const std::vector<std::string>& from, google::protobuf::RepeatedPtrField<std::string>* to) {
  to->Assign(from.begin(), from.end());
}

Result<Feeds> azure_blob_feeds(const std::vector<std::string>& values, const SelectionFlags& flags) {
  Feed feed;
  feed.set_connection(flags.connection.empty() ? "" : resource_name("connections", flags.connection));
  auto& selection = *feed.mutable_azure_blob();
  add_all(flags.containers, selection.mutable_containers());
  add_all(flags.prefixes, selection.mutable_prefixes());
  add_all(flags.include, selection.mutable_include());
  add_all(flags.exclude, selection.mutable_exclude());
  selection.set_with_versions(flags.with_versions);
  selection.set_with_snapshots(flags.with_snapshots);
  return one_feed("azure-blob", values, std::move(feed));
}

Result<Feeds> github_feeds(const std::vector<std::string>& values, const SelectionFlags& flags) {
  Feed feed;
  feed.set_connection(flags.connection.empty() ? "" : resource_name("connections", flags.connection));
  auto& selection = *feed.mutable_github();
  add_all(flags.repositories, selection.mutable_repositories());
  add_all(flags.owners, selection.mutable_owners());
  add_all(flags.branches, selection.mutable_branches());
  add_all(flags.kinds, selection.mutable_kinds());
  add_all(flags.include, selection.mutable_include());
  add_all(flags.exclude, selection.mutable_exclude());
  selection.set_with_permissions(flags.with_permissions);
  return one_feed("github", values, std::move(feed));
}

Result<Feeds> hubspot_forms_feeds(const std::vector<std::string>& values, const SelectionFlags& flags) {
  Feed feed;
  feed.set_connection(flags.connection.empty() ? "" : resource_name("connections", flags.connection));
  add_all(flags.forms, feed.mutable_hubspot_forms()->mutable_forms());
  feed.mutable_hubspot_forms()->set_with_archived_forms(flags.with_archived_forms);
  return one_feed("hubspot-forms", values, std::move(feed));
}

// One line per provider that is pulled from.
struct Selector {
  std::string_view provider;
  Result<Feeds> (*make)(const std::vector<std::string>& values, const SelectionFlags& flags);
};
constexpr Selector kSelectors[] = {
    {"azure-blob", azure_blob_feeds},
    {"github", github_feeds},
    {"hubspot-forms", hubspot_forms_feeds},
    {"rss", rss_feeds},
};

Error unknown_provider(const std::string& provider) {
  const auto catalog = config::load_catalog();
  if (catalog && config::find_entry(*catalog, provider) != nullptr) {
    return make_error(ErrorClass::kInvalid, "PROVIDER_NOT_PULLED",
                      provider + " is declared, and this version does not pull from it yet",
                      "`circuit-feeds providers` says which are pulled.")
        .with("provider", provider);
  }
  std::vector<std::string> known;
  for (const auto& selector : kSelectors) known.emplace_back(selector.provider);
  const bool url = provider.find("://") != std::string::npos;
  return make_error(
      ErrorClass::kInvalid, "PROVIDER_UNKNOWN", "There is no provider \"" + provider.substr(0, 100) + "\"",
      url ? "Put the provider before the address: rss " + text::loggable_url(provider)
          : "`circuit-feeds providers` lists what there is." + config::did_you_mean(provider, known));
}

circuit::feeds::v1::ContentPolicy content_policy(const std::string& typed) {
  if (typed == "text") return circuit::feeds::v1::CONTENT_TEXT;
  if (typed == "raw") return circuit::feeds::v1::CONTENT_RAW;
  if (typed == "none") return circuit::feeds::v1::CONTENT_NONE;
  return circuit::feeds::v1::CONTENT_POLICY_UNSPECIFIED;
}

} // namespace

void add_selection_flags(Command& command, SelectionFlags& flags) {
  command
      .text("--sink", flags.sink, "SINK",
            "Where documents go: jsonl:PATH, jsonl:- (stdout) or grpc:HOST:PORT.")
      .text("--connection", flags.connection, "NAME", "The account to read through, where one is needed.")
      .choice("--content", flags.content, {"text", "raw", "none"},
              "What of files is delivered: their text (default), the original too, or metadata alone.")
      .flag("--with-history", flags.with_history, "rss: follow archive and paging links on the first sync.")
      .choice("--identity", flags.identity, {"guid", "link"},
              "rss: what identifies an item, guid (default) or link.")
      .texts("--container", flags.containers, "NAME", "azure-blob: a container; none means all.")
      .texts("--prefix", flags.prefixes, "PREFIX", "azure-blob: only names that begin so.")
      .texts("--include", flags.include, "GLOB",
             "azure-blob, github: only names that match, such as '**/*.pdf'.")
      .texts("--exclude", flags.exclude, "GLOB",
             "azure-blob, github: names to leave out; wins over --include.")
      .flag("--with-versions", flags.with_versions, "azure-blob: earlier versions too.")
      .flag("--with-snapshots", flags.with_snapshots, "azure-blob: snapshots too.")
      .texts("--repository", flags.repositories, "OWNER/NAME", "github: a repository.")
      .texts("--owner", flags.owners, "NAME", "github: all repositories of it that the token sees.")
      .texts("--branch", flags.branches, "NAME",
             "github: a branch to read files of; none means the default one.")
      .texts(
          "--kind", flags.kinds, "KIND",
          "github: files, issues, pull-requests, comments, reviews or releases; none means all but releases.")
      .flag("--with-permissions", flags.with_permissions,
            "github: who may read private repositories, where the token may see that.")
      .texts("--form", flags.forms, "ID", "hubspot-forms: a form; none means all.")
      .flag("--with-archived-forms", flags.with_archived_forms, "hubspot-forms: archived forms too.");
}

Result<std::vector<Feed>> make_feeds(const std::string& provider, const std::vector<std::string>& values,
                                     const SelectionFlags& flags) {
  const auto selector = std::ranges::find(kSelectors, provider, &Selector::provider);
  if (selector == std::end(kSelectors)) return unknown_provider(provider);
  auto feeds = selector->make(values, flags);
  if (!feeds) return feeds;
  for (Feed& feed : *feeds) {
    feed.set_provider(provider);
    feed.set_sink(flags.sink);
    feed.set_content(content_policy(flags.content));
  }
  return feeds;
}

std::string resource_name(const std::string& collection, const std::string& typed) {
  return typed.starts_with(collection + "/") ? typed : collection + "/" + typed;
}

std::string feed_label(const Feed& feed) {
  if (feed.has_rss()) return text::loggable_url(feed.rss().url());
  if (!feed.name().empty()) return feed.name();
  std::string label = feed.provider();
  const std::string& connection = feed.connection();
  if (!connection.empty()) label += " " + connection.substr(connection.find('/') + 1);
  for (const auto& container : feed.azure_blob().containers()) label += " " + container;
  for (const auto& repository : feed.github().repositories()) label += " " + repository;
  for (const auto& owner : feed.github().owners()) label += " " + owner;
  for (const auto& form : feed.hubspot_forms().forms()) label += " " + form;
  return label;
}

} // namespace circuit::cli
