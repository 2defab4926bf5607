#include "ingest/cli/selection.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <type_traits>
#include <variant>

#include "config/catalog.h"
#include "config/suggest.h"
#include "ingest/text/url.h"

namespace circuit::cli {

using circuit::feeds::v1::Feed;

namespace {

using Feeds = std::vector<Feed>;

// What a flag is of a provider's selection.
struct SelectionField {
  std::string_view provider;
  std::string_view flag;
  const char* field;
  std::variant<bool SelectionFlags::*, std::string SelectionFlags::*,
               std::vector<std::string> SelectionFlags::*>
      value;
};
constexpr SelectionField kFields[] = {
    {"rss", "with-history", "with_history", &SelectionFlags::with_history},
    {"rss", "identity", "identity", &SelectionFlags::identity},
    {"azure-blob", "container", "containers", &SelectionFlags::containers},
    {"azure-blob", "prefix", "prefixes", &SelectionFlags::prefixes},
    {"azure-blob", "include", "include", &SelectionFlags::include},
    {"azure-blob", "exclude", "exclude", &SelectionFlags::exclude},
    {"azure-blob", "with-versions", "with_versions", &SelectionFlags::with_versions},
    {"azure-blob", "with-snapshots", "with_snapshots", &SelectionFlags::with_snapshots},
    {"github", "repository", "repositories", &SelectionFlags::repositories},
    {"github", "owner", "owners", &SelectionFlags::owners},
    {"github", "branch", "branches", &SelectionFlags::branches},
    {"github", "kind", "kinds", &SelectionFlags::kinds},
    {"github", "include", "include", &SelectionFlags::include},
    {"github", "exclude", "exclude", &SelectionFlags::exclude},
    {"github", "with-permissions", "with_permissions", &SelectionFlags::with_permissions},
    {"hubspot-forms", "form", "forms", &SelectionFlags::forms},
    {"hubspot-forms", "with-archived-forms", "with_archived_forms", &SelectionFlags::with_archived_forms},
};

// The member of Feed.selection that is the provider's.
std::string arm_of(std::string_view provider) {
  std::string arm(provider);
  std::ranges::replace(arm, '-', '_');
  return arm;
}

bool is_given(const SelectionField& field, const SelectionFlags& flags) {
  return std::visit(
      [&flags](auto member) {
        if constexpr (std::is_same_v<decltype(member), bool SelectionFlags::*>)
          return flags.*member;
        else
          return !(flags.*member).empty();
      },
      field.value);
}

// As the flags say it, which may be that there is nothing.
void put_field(const SelectionField& field, const SelectionFlags& flags, Feed& feed) {
  const auto* arm = Feed::descriptor()->FindFieldByName(arm_of(field.provider));
  google::protobuf::Message& selection = *feed.GetReflection()->MutableMessage(&feed, arm);
  const auto* to = selection.GetDescriptor()->FindFieldByName(field.field);
  const auto* reflection = selection.GetReflection();
  std::visit(
      [&](auto member) {
        if constexpr (std::is_same_v<decltype(member), bool SelectionFlags::*>) {
          reflection->SetBool(&selection, to, flags.*member);
        } else if constexpr (std::is_same_v<decltype(member), std::string SelectionFlags::*>) {
          reflection->SetString(&selection, to, flags.*member);
        } else {
          reflection->ClearField(&selection, to);
          for (const std::string& value : flags.*member) reflection->AddString(&selection, to, value);
        }
      },
      field.value);
}

void put_all(std::string_view provider, const SelectionFlags& flags, Feed& feed) {
  for (const SelectionField& field : kFields) {
    if (field.provider == provider) put_field(field, flags, feed);
  }
}

Result<Feeds> rss_feeds(const std::vector<std::string>& urls, const SelectionFlags& flags) {
  if (urls.empty()) {
    return make_error(ErrorClass::kInvalid, "SELECTION_MISSING", "No address of a feed is given",
                      "Add one or more, such as rss https://example.org/feed.xml.");
  }
  Feeds feeds(urls.size());
  for (size_t i = 0; i < urls.size(); ++i) {
    put_all("rss", flags, feeds[i]);
    feeds[i].mutable_rss()->set_url(urls[i]);
  }
  return feeds;
}

Result<Feeds> one_feed(const std::string& provider, const std::vector<std::string>& values,
                       const SelectionFlags& flags) {
  if (!values.empty()) {
    return make_error(ErrorClass::kInvalid, "SELECTION_UNEXPECTED",
                      "\"" + values.front().substr(0, 100) + "\" is more than " + provider + " takes",
                      "Select with flags; `circuit-feeds sync --help` has them.")
        .with("provider", provider);
  }
  if (flags.connection.empty()) {
    return make_error(ErrorClass::kInvalid, "SELECTION_MISSING",
                      "No account is given to read " + provider + " with",
                      "Add --connection NAME; `circuit-feeds connect " + provider + "` makes one.")
        .with("provider", provider);
  }
  Feed feed;
  feed.set_connection(resource_name("connections", flags.connection));
  put_all(provider, flags, feed);
  return Feeds{std::move(feed)};
}

constexpr std::string_view kProviders[] = {"azure-blob", "github", "hubspot-forms", "rss"};

Error no_such_option(const std::string& flag, const std::string& provider) {
  std::string known;
  for (const SelectionField& field : kFields) {
    if (field.provider == provider) known += (known.empty() ? "--" : ", --") + std::string(field.flag);
  }
  return make_error(ErrorClass::kInvalid, "SELECTION_UNEXPECTED",
                    "--" + flag.substr(0, 60) + " says nothing of what " + provider + " reads",
                    "Such feeds have " + known + ".")
      .with("provider", provider);
}

Error unknown_provider(const std::string& provider) {
  const auto catalog = config::load_catalog();
  if (catalog && config::find_entry(*catalog, provider) != nullptr) {
    return make_error(ErrorClass::kInvalid, "PROVIDER_NOT_PULLED",
                      provider + " is declared, and this version does not pull from it yet",
                      "`circuit-feeds providers` says which are pulled.")
        .with("provider", provider);
  }
  std::vector<std::string> known;
  for (const auto& pulled : kProviders) known.emplace_back(pulled);
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
      .text("--connection", flags.connection, "NAME", "The account to read through, where one is needed.");
  add_changeable_flags(command, flags);
}

void add_changeable_flags(Command& command, SelectionFlags& flags) {
  command
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
  if (std::ranges::find(kProviders, provider) == std::end(kProviders)) return unknown_provider(provider);
  auto feeds = provider == "rss" ? rss_feeds(values, flags) : one_feed(provider, values, flags);
  if (!feeds) return feeds;
  for (Feed& feed : *feeds) {
    feed.set_provider(provider);
    feed.set_sink(flags.sink);
    feed.set_content(content_policy(flags.content));
  }
  return feeds;
}

bool changes_selection(const SelectionFlags& flags) {
  return !flags.content.empty() || !flags.cleared.empty() ||
         std::ranges::any_of(kFields, [&](const SelectionField& field) { return is_given(field, flags); });
}

Result<void> change_selection(const SelectionFlags& flags, const std::string& provider, Feed& feed,
                              google::protobuf::FieldMask& mask) {
  if (!flags.content.empty()) {
    feed.set_content(content_policy(flags.content));
    mask.add_paths("content");
  }
  std::set<std::string> left(flags.cleared.begin(), flags.cleared.end());
  for (const SelectionField& field : kFields) {
    if (is_given(field, flags)) left.emplace(field.flag);
  }
  for (const SelectionField& field : kFields) {
    if (field.provider != provider || left.erase(std::string(field.flag)) == 0) continue;
    const bool cleared = std::ranges::find(flags.cleared, field.flag) != flags.cleared.end();
    if (cleared && is_given(field, flags)) {
      return make_error(ErrorClass::kInvalid, "SELECTION_UNEXPECTED",
                        "--" + std::string(field.flag) + " is given and cleared", "Do one of the two.");
    }
    put_field(field, flags, feed);
    mask.add_paths(arm_of(provider) + "." + field.field);
  }
  if (!left.empty()) return no_such_option(*left.begin(), provider);
  return {};
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
