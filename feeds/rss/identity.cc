#include "feeds/rss/identity.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "feeds/rss/ascii.h"
#include "feeds/rss/digest.h"
#include "ingest/text/url.h"

namespace circuit::feeds::rss {
namespace {

constexpr size_t kLongestId = 512;
constexpr std::string_view kVersionOfNormalizer = "1"; // a new one makes every document new

bool is_tracking_parameter(std::string_view name) {
  constexpr auto kNames =
      std::to_array<std::string_view>({"fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid",
                                       "igshid", "mc_cid", "mc_eid", "_hsenc", "_hsmi", "ref_src"});
  return starts_with_ignoring_case(name, "utm_") ||
         std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

std::string content_fingerprint(const Entry& entry) {
  Digest digest;
  digest.add(entry.title.value).add(entry.summary.value);
  for (const Text& content : entry.contents) digest.add(content.value);
  return digest.hex();
}

void add_text(Digest& digest, const Text& text) {
  digest.add(text.value).add(text.type).add(text.language).add(text.base).add(text.source);
}

void add_people(Digest& digest, const List<Person>& people) {
  for (const Person& person : people) digest.add(person.name).add(person.email).add(person.href);
}

// Of what a document takes from the feed around it.
std::string feed_fingerprint(const RawFeed& raw) {
  Digest digest;
  const FeedInfo& feed = raw.feed;
  digest.add(kVersionOfNormalizer).add(feed.title.value).add(feed.link).add(feed.language);
  digest.add(feed.image.href).add(feed.logo).add(feed.rights.value).add(feed.license);
  add_people(digest, feed.authors);
  return digest.hex();
}

std::string version_of(Digest& digest, const Entry& entry, std::string_view feed) {
  digest.add(feed)
      .add(entry.id_text)
      .add(entry.link)
      .add(entry.language)
      .add(entry.comments)
      .add(entry.license);
  digest.add(entry.published.text).add(entry.updated.text).add(entry.created.text);
  digest.add(entry.image.href).add(entry.where.coordinates).add(entry.source_href);
  for (const Text* text : {&entry.title, &entry.summary, &entry.rights}) add_text(digest, *text);
  for (const Text& content : entry.contents) add_text(digest, content);
  for (const Link& link : entry.links) digest.add(link.href).add(link.rel).add(link.type).add(link.length);
  for (const Media& media : entry.media) digest.add(media.url).add(media.type).add(media.length);
  for (const Category& category : entry.categories)
    digest.add(category.term).add(category.scheme).add(category.label);
  for (const Extension& extension : entry.extensions) {
    digest.add(extension.name).add(extension.value);
    for (const Attribute& attribute : extension.attributes) digest.add(attribute.name).add(attribute.value);
  }
  add_people(digest, entry.authors);
  if (entry.source != nullptr) add_text(digest, entry.source->title);
  return digest.hex();
}

// Without a title and a text there is nothing to tell an entry by.
bool says_something(const Entry& entry) {
  const bool has_content = std::any_of(entry.contents.begin(), entry.contents.end(),
                                       [](const Text& content) { return !content.value.empty(); });
  return has_content || !entry.title.value.empty() || !entry.summary.value.empty();
}

// What tells items apart that have everything else in common. Not the text: it may be corrected.
std::string occasion_fingerprint(const Entry& entry) {
  return Digest().add(entry.title.value).add(entry.published.text).hex();
}

// What several entries of one feed say alike.
struct Shared {
  std::string_view link;
  bool links_differ = false;
  size_t entries = 0;
};
using SharedByKey = std::unordered_map<std::string_view, Shared>;

SharedByKey shared_by(const RawFeed& raw, std::string_view Entry::*key) {
  SharedByKey all;
  for (const Entry& entry : raw.entries) {
    Shared& shared = all[entry.*key];
    if (shared.entries++ == 0) shared.link = entry.link;
    shared.links_differ |= shared.link != entry.link;
  }
  return all;
}

class Identifier {
 public:
  Identifier(const RawFeed& raw, IdentityKey key)
      : key_(key), guids_(shared_by(raw, &Entry::id_text)), links_(shared_by(raw, &Entry::link)) {
    if (!raw.version.starts_with("atom")) find_occasions(raw);
  }

  std::string id_of(const Entry& entry) const {
    std::string id = long_id_of(entry);
    return id.size() <= kLongestId ? id : "sha256:" + Digest().add(id).hex();
  }

 private:
  std::string long_id_of(const Entry& entry) const {
    if (!entry.id_text.empty() && (key_ == IdentityKey::kGuid || entry.link.empty())) {
      std::string id = guid_of(entry);
      if (guids_.at(entry.id_text).entries == 1) return id;
      const auto occasions = occasions_.find(id);
      if (occasions != occasions_.end() && occasions->second.size() > 1)
        id.append("|").append(occasion_fingerprint(entry));
      return id;
    }
    if (entry.link.empty()) return says_something(entry) ? "sha256:" + content_fingerprint(entry) : "";
    std::string id = key_ == IdentityKey::kLink ? canonical_link(entry.link) : std::string(entry.link);
    const bool shared = links_.at(entry.link).entries > 1 && entry.id_text.empty();
    if (shared) id.append("|").append(content_fingerprint(entry));
    return id;
  }

  std::string guid_of(const Entry& entry) const {
    std::string id(entry.id_text);
    if (guids_.at(entry.id_text).links_differ) id.append("|").append(entry.link);
    return id;
  }

  void find_occasions(const RawFeed& raw) {
    for (const Entry& entry : raw.entries) {
      if (entry.incomplete || entry.id_text.empty() || guids_.at(entry.id_text).entries == 1) continue;
      occasions_[guid_of(entry)].insert(occasion_fingerprint(entry));
    }
  }

  IdentityKey key_;
  SharedByKey guids_, links_;
  std::unordered_map<std::string, std::unordered_set<std::string>> occasions_; // of guids that several have
};

} // namespace

std::optional<SystemTime> latest_date(const Entry& entry) {
  return std::max(entry.published.time, entry.updated.time); // nullopt is less than any time
}

std::vector<Item> identify_items(const RawFeed& raw, IdentityKey key) {
  const Identifier identifier(raw, key);
  const std::string feed = feed_fingerprint(raw);
  std::vector<Item> items;
  items.reserve(raw.entries.size());
  std::unordered_map<std::string, size_t> positions;
  positions.reserve(raw.entries.size());
  Digest digest;
  for (const Entry& entry : raw.entries) {
    if (entry.incomplete) continue;
    Item item{identifier.id_of(entry), version_of(digest, entry, feed), &entry};
    const auto [known, is_new] = positions.emplace(item.external_id, items.size());
    if (is_new) {
      items.push_back(std::move(item));
    } else if (latest_date(entry) > latest_date(*items[known->second].entry)) {
      items[known->second] = std::move(item);
    }
  }
  return items;
}

std::string canonical_link(std::string_view link) {
  std::string_view rest = link.substr(0, link.find('#'));
  const size_t question = rest.find('?');
  std::string kept(rest.substr(0, question));
  if (question != std::string_view::npos) {
    char separator = '?';
    rest = rest.substr(question + 1);
    while (!rest.empty()) {
      const std::string_view parameter = rest.substr(0, rest.find('&'));
      rest.remove_prefix(std::min(rest.size(), parameter.size() + 1));
      if (parameter.empty() || is_tracking_parameter(parameter.substr(0, parameter.find('=')))) continue;
      kept += separator;
      kept += parameter;
      separator = '&';
    }
  }
  return text::normalize_url(kept).value_or(kept);
}

} // namespace circuit::feeds::rss
