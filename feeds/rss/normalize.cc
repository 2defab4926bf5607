#include "feeds/rss/normalize.h"

#include <google/protobuf/util/time_util.h>

#include <set>

#include "feeds/rss/ascii.h"
#include "feeds/rss/place.h"
#include "ingest/text/charset.h"
#include "ingest/text/html.h"
#include "ingest/text/url.h"

namespace circuit::feeds::rss {
namespace {

using v1::Document;

constexpr size_t kLongestTitle = 1024;
constexpr size_t kLongestDerivedTitle = 120;
constexpr size_t kLongestMetadataValue = 4096;
constexpr size_t kMostExtensions = 64;
constexpr size_t kMostAttachments = 100;
constexpr size_t kMostTags = 200;
constexpr int kMostAuthors = 100;
constexpr size_t kLongestUrl = 8192;
constexpr size_t kLongestLanguage = 64;
constexpr auto kNearFuture = std::chrono::hours(24); // clocks and zones are wrong by less than that

std::string plain_text(const Text& text) {
  return is_html(text) ? text::html_to_text(text.value) : std::string(text.value);
}

// What a feed says is repeated with each of its documents, so it is kept short.
std::string feed_text(const Text& text) {
  Text cut = text;
  cut.value = text::truncate_utf8(text.value, kLongestMetadataValue);
  return plain_text(cut);
}

void put(Document& document, const std::string& key, std::string_view value) {
  if (value.empty()) return;
  (*document.mutable_metadata())[key] = std::string(text::truncate_utf8(value, kLongestMetadataValue));
}

// Plain text as HTML, so that one converter knows what Markdown would interpret.
std::string as_html(std::string_view plain) {
  std::string html = "<p>";
  for (size_t i = 0; i < plain.size(); ++i) {
    const char c = plain[i];
    if (c == '&') {
      html += "&amp;";
    } else if (c == '<') {
      html += "&lt;";
    } else if (c == '\n' && i + 1 < plain.size() && plain[i + 1] == '\n') {
      html += "</p><p>";
      while (i + 1 < plain.size() && plain[i + 1] == '\n') ++i;
    } else if (c == '\n') {
      html += "<br>";
    } else {
      html += c;
    }
  }
  return html + "</p>";
}

// HTML carries more than its plain text twin.
const Text* body_of(const Entry& entry) {
  const Text* best = nullptr;
  for (const Text& content : entry.contents) {
    if (content.value.empty()) continue;
    if (best == nullptr || (is_html(content) && !is_html(*best))) best = &content;
  }
  if (best == nullptr && !entry.summary.value.empty()) best = &entry.summary;
  return best;
}

void set_text(Document& document, const Entry& entry, const NormalizeOptions& options) {
  const Text* body = body_of(entry);
  if (body == nullptr) return;
  const std::string_view type = interpreted_type(*body);
  const text::HtmlOptions html{.base_url = std::string(body->base),
                               .max_output_bytes = options.max_text_bytes};
  text::MarkdownText markdown;
  if (is_html(*body)) {
    markdown = text::html_to_markdown(body->value, html);
  } else if (type == "text/markdown") {
    const std::string_view kept = text::truncate_utf8(body->value, options.max_text_bytes);
    markdown = {std::string(kept), kept.size() < body->value.size()};
  } else {
    markdown = text::html_to_markdown(as_html(body->value), html);
  }
  document.set_text(std::move(markdown.markdown));
  document.set_text_truncated(markdown.truncated);
  document.set_mime_type(std::string(type == kXhtmlType ? kHtmlType : type));
  if (body != &entry.summary) put(document, "rss.summary", plain_text(entry.summary));
}

// The beginning of the text, cut between words.
std::string derived_title(const Entry& entry) {
  const Text* body = body_of(entry);
  if (body == nullptr) return {};
  const std::string all = plain_text(*body);
  const std::string_view line = trim(std::string_view(all).substr(0, all.find('\n')));
  if (line.size() <= kLongestDerivedTitle) return std::string(line);
  std::string_view cut = text::truncate_utf8(line, kLongestDerivedTitle);
  const size_t space = cut.rfind(' ');
  if (space != std::string_view::npos && space > kLongestDerivedTitle / 2) cut = cut.substr(0, space);
  return std::string(cut) + "\u2026";
}

void set_title(Document& document, const Entry& entry) {
  const std::string whole = plain_text(entry.title);
  const std::string_view title = trim(whole);
  document.set_title(title.empty() ? derived_title(entry)
                                   : std::string(text::truncate_utf8(title, kLongestTitle)));
}

std::string_view canonical_url(const RawFeed& raw, const Entry& entry) {
  const Link* enclosure = find_link(entry, "enclosure");
  for (const std::string_view candidate :
       {find_extension(entry, "feedburner_origlink"), entry.link,
        entry.id_is_permalink ? entry.id : std::string_view{},
        enclosure == nullptr ? std::string_view{} : enclosure->href, raw.feed.link}) {
    if (is_web_url(candidate) && candidate.size() <= kLongestUrl) return candidate;
  }
  return {};
}

// The instant, where it is one to believe.
std::optional<google::protobuf::Timestamp> believable(const Date& date, SystemTime now) {
  if (!date.time || *date.time > now + kNearFuture) return std::nullopt;
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(date.time->time_since_epoch().count());
}

void set_dates(Document& document, const Entry& entry, SystemTime now) {
  const Date& published = entry.published.present() ? entry.published : entry.created;
  if (const auto created = believable(published, now)) {
    *document.mutable_created_at() = *created;
  } else {
    put(document, "rss.published_raw", published.text);
  }
  if (const auto updated = believable(entry.updated, now)) {
    *document.mutable_updated_at() = *updated;
  } else {
    put(document, "rss.updated_raw", entry.updated.text);
  }
}

void set_authors(Document& document, const RawFeed& raw, const Entry& entry) {
  const List<Person>* authors = &entry.authors;
  if (authors->empty() && entry.source != nullptr) authors = &entry.source->authors;
  if (authors->empty()) authors = &raw.feed.authors;
  for (const Person& author : *authors) {
    if (document.authors_size() == kMostAuthors) break;
    v1::Person& person = *document.add_authors();
    person.set_name(std::string(text::truncate_utf8(author.name, kLongestTitle)));
    person.set_email(std::string(text::truncate_utf8(author.email, kLongestTitle)));
    person.set_url(std::string(text::truncate_utf8(author.href, kLongestUrl)));
  }
}

void set_tags(Document& document, const Entry& entry) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const Category& category : entry.categories) {
    const std::string_view term = category.term.empty() ? category.label : category.term;
    if (seen.size() == kMostTags || !seen.emplace(term, category.scheme).second) continue;
    v1::Tag& tag = *document.add_tags();
    tag.set_term(std::string(term));
    tag.set_scheme(std::string(category.scheme));
    tag.set_label(std::string(category.label));
  }
}

class Attachments {
 public:
  explicit Attachments(Document& document) : document_(document) {}

  void add(std::string_view url, std::string_view type, std::string_view length, std::string_view title) {
    if (url.empty() || seen_.size() == kMostAttachments || !seen_.insert(url).second) return;
    v1::Attachment& attachment = *document_.add_attachments();
    attachment.set_url(std::string(url));
    attachment.set_mime_type(std::string(type));
    attachment.set_size_bytes(leading_number(length, 0));
    attachment.set_title(std::string(title));
  }

 private:
  Document& document_;
  std::set<std::string_view> seen_;
};

void set_attachments(Document& document, const Entry& entry) {
  Attachments attachments(document);
  for (const Link& link : entry.links) {
    if (link.rel == "enclosure") attachments.add(link.href, link.type, link.length, link.title);
  }
  for (const Media& media : entry.media) {
    if (media.kind == Media::Kind::kContent)
      attachments.add(media.url, media.type, media.length, media.title);
  }
  for (const Text& content : entry.contents) attachments.add(content.source, content.type, {}, {});
}

std::string_view image_of(const Entry& entry) {
  if (!entry.image.href.empty()) return entry.image.href;
  for (const Media& media : entry.media) {
    if (media.kind == Media::Kind::kThumbnail) return media.url;
  }
  return {};
}

void put_place(Document& document, const Where& where) {
  std::string place;
  for (const Place::Point& point : read_place(where).points) {
    if (!place.empty()) place += ' ';
    place += std::to_string(point.latitude) + " " + std::to_string(point.longitude);
  }
  put(document, "rss.place", place);
}

void put_extensions(Document& document, const Entry& entry) {
  size_t count = 0;
  for (const Extension& extension : entry.extensions) {
    if (extension.name == "thr_in-reply-to") {
      for (const Attribute& attribute : extension.attributes) {
        if (attribute.name == "ref") document.set_parent_id(std::string(attribute.value));
      }
    }
    if (count++ < kMostExtensions) put(document, "rss." + std::string(extension.name), extension.value);
  }
}

// The entry's own fields come last: no extension can pass for one of them.
void set_entry_metadata(Document& document, const Entry& entry) {
  put_extensions(document, entry);
  put(document, "rss.guid", entry.id_text);
  put(document, "rss.comments_url", entry.comments);
  put(document, "rss.rights", plain_text(entry.rights));
  put(document, "rss.license", entry.license);
  put(document, "rss.image", image_of(entry));
  put_place(document, entry.where);
  for (const Text& content : entry.contents) put(document, "rss.content_url", content.source);
  if (entry.source == nullptr) return;
  put(document, "rss.source_title", plain_text(entry.source->title));
  put(document, "rss.source_url", entry.source->link.empty() ? entry.source_href : entry.source->link);
}

void set_feed_metadata(Document& document, const RawFeed& raw, const NormalizeOptions& options) {
  const FeedInfo& feed = raw.feed;
  const std::string title = feed_text(feed.title);
  if (!title.empty()) document.add_path(title);
  put(document, "rss.feed_title", title);
  // Addresses with a key in them are the way to feeds that are not for everybody; the key is not the
  // documents'.
  put(document, "rss.feed_url", text::loggable_url(options.url));
  put(document, "rss.feed_link", feed.link);
  put(document, "rss.feed_image", feed.image.href.empty() ? feed.logo : feed.image.href);
  put(document, "rss.feed_rights", feed_text(feed.rights));
  put(document, "rss.feed_license", feed.license);
  put(document, "rss.feed_language", feed.language);
}

std::string_view language_of(const RawFeed& raw, const Entry& entry) {
  const Text* body = body_of(entry);
  if (body != nullptr && !body->language.empty()) return body->language;
  return entry.language.empty() ? raw.feed.language : entry.language;
}

} // namespace

Document normalize(const RawFeed& raw, const Item& item, const NormalizeOptions& options) {
  const Entry& entry = *item.entry;
  Document document;
  document.set_external_id(item.external_id);
  document.set_version(item.version);
  document.set_canonical_url(std::string(canonical_url(raw, entry)));
  document.set_language(std::string(text::truncate_utf8(language_of(raw, entry), kLongestLanguage)));
  document.mutable_permissions()->set_visibility(v1::Permissions::PUBLIC);
  set_entry_metadata(document, entry);
  set_feed_metadata(document, raw, options);
  set_title(document, entry);
  set_text(document, entry, options);
  set_dates(document, entry, options.now);
  set_authors(document, raw, entry);
  set_tags(document, entry);
  set_attachments(document, entry);
  return document;
}

} // namespace circuit::feeds::rss
