#include "feeds/rss/raw_json.h"

#include <array>
#include <boost/json.hpp>
#include <charconv>

#include "feeds/rss/ascii.h"
#include "feeds/rss/people.h"
#include "feeds/rss/place.h"
#include "ingest/text/html.h"

namespace circuit::feeds::rss {
namespace {

namespace json = boost::json;

void put(json::object& out, std::string_view key, std::string_view value) {
  if (!value.empty()) out[key] = value;
}

// Lengths in pixels: numbers where they are.
void put_number(json::object& out, std::string_view key, std::string_view value) {
  int number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error == std::errc() && end == value.data() + value.size()) {
    out[key] = number;
  } else {
    put(out, key, value);
  }
}

std::string key_with(std::string_view name, std::string_view suffix) {
  return std::string(name).append(suffix);
}

std::string shown_value(const Text& text) {
  if (!is_html(text)) return std::string(text.value);
  return text::sanitize_html(text.value, {.base_url = std::string(text.base)});
}

json::object detail(const Text& text, std::string_view value) {
  json::object out;
  out["type"] = interpreted_type(text);
  out["value"] = value;
  put(out, "language", text.language);
  put(out, "base", text.base);
  put(out, "src", text.source);
  return out;
}

void put_text(json::object& out, std::string_view name, const Text& text) {
  if (!text.present()) return;
  const std::string value = shown_value(text);
  out[name] = value;
  out[key_with(name, "_detail")] = detail(text, value);
}

json::array time_tuple(SystemTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  const auto new_year = std::chrono::sys_days(date.year() / std::chrono::January / 1);
  return {static_cast<int>(date.year()),
          static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),
          clock.hours().count(),
          clock.minutes().count(),
          clock.seconds().count(),
          std::chrono::weekday(day).iso_encoding() - 1,
          (day - new_year).count() + 1,
          0};
}

void put_date(json::object& out, std::string_view name, const Date& date) {
  put(out, name, date.text);
  if (date.time) out[key_with(name, "_parsed")] = time_tuple(*date.time);
}

json::object person(const Person& person) {
  json::object out;
  put(out, "name", person.name);
  put(out, "email", person.email);
  put(out, "href", person.href);
  return out;
}

void put_person(json::object& out, std::string_view name, const Person& who) {
  if (!who.present()) return;
  put(out, name, display_person(who));
  out[key_with(name, "_detail")] = person(who);
}

void put_people(json::object& out, std::string_view name, const List<Person>& people) {
  if (people.empty()) return;
  json::array list;
  for (const Person& who : people) list.push_back(person(who));
  out[name] = std::move(list);
}

json::object link(const Link& link) {
  json::object out;
  put(out, "rel", link.rel);
  put(out, "type", link.type);
  put(out, "href", link.href);
  put(out, "title", link.title);
  put(out, "hreflang", link.hreflang);
  put(out, "length", link.length);
  return out;
}

void put_links(json::object& out, const List<Link>& links) {
  if (links.empty()) return;
  json::array all, enclosures;
  for (const Link& one : links) {
    all.push_back(link(one));
    if (one.rel != "enclosure") continue;
    enclosures.push_back(link(one));
    enclosures.back().as_object().erase("rel");
  }
  out["links"] = std::move(all);
  if (!enclosures.empty()) out["enclosures"] = std::move(enclosures);
}

void put_tags(json::object& out, const List<Category>& categories) {
  if (categories.empty()) return;
  json::array tags;
  for (const Category& category : categories) {
    json::object tag;
    tag["term"] = category.term.empty() ? json::value() : json::value(category.term);
    tag["scheme"] = category.scheme.empty() ? json::value() : json::value(category.scheme);
    tag["label"] = category.label.empty() ? json::value() : json::value(category.label);
    tags.push_back(std::move(tag));
  }
  out["tags"] = std::move(tags);
}

void put_image(json::object& out, const Image& image) {
  json::object object;
  put(object, "href", image.href);
  put(object, "title", image.title);
  put(object, "link", image.link);
  put(object, "description", image.description);
  put_number(object, "width", image.width);
  put_number(object, "height", image.height);
  if (!object.empty()) out["image"] = std::move(object);
}

// As GeoJSON.
void put_where(json::object& out, const Where& where) {
  const Place place = read_place(where);
  if (place.points.empty()) return;
  json::array points;
  for (const Place::Point& point : place.points)
    points.push_back(json::array{point.longitude, point.latitude});
  json::value coordinates = std::move(points);
  if (place.kind == "Point") coordinates = json::value(coordinates.as_array().front());
  if (place.kind == "Polygon") coordinates = json::array{std::move(coordinates)};
  out["where"] = json::object{{"type", place.kind}, {"coordinates", std::move(coordinates)}};
}

// iTunes has its own words for yes and no.
json::value itunes_flag(std::string_view name, std::string_view value) {
  if (equals_ignoring_case(value, "yes") || equals_ignoring_case(value, "true")) return true;
  const bool says_no = name == "itunes_block" || equals_ignoring_case(value, "clean");
  return says_no ? json::value(false) : json::value();
}

json::value extension_value(const Extension& extension) {
  if (extension.name == "itunes_explicit" || extension.name == "itunes_block") {
    return itunes_flag(extension.name, extension.value);
  }
  if (extension.attributes.empty()) return json::value(extension.value);
  json::object object;
  for (const Attribute& attribute : extension.attributes) put(object, attribute.name, attribute.value);
  put(object, "content", extension.value);
  return object;
}

// What has a field of its own keeps it.
void put_extensions(json::object& out, const List<Extension>& extensions) {
  json::array credits;
  for (const Extension& extension : extensions) {
    if (extension.name == "media_credit") {
      credits.push_back(extension_value(extension));
    } else if (!out.contains(extension.name)) {
      out[extension.name] = extension_value(extension);
    }
  }
  if (!credits.empty()) out["media_credit"] = std::move(credits);
}

void put_metadata(json::object& out, const Metadata& meta) {
  put_text(out, "title", meta.title);
  put(out, "link", meta.link);
  put_links(out, meta.links);
  put(out, "id", meta.id);
  if (!meta.authors.empty()) put_person(out, "author", meta.authors.back());
  put_people(out, "authors", meta.authors);
  put_people(out, "contributors", meta.contributors);
  put_person(out, "publisher", meta.publisher);
  put_date(out, "published", meta.published);
  put_date(out, "updated", meta.updated);
  put_date(out, "created", meta.created);
  put_date(out, "expired", meta.expires);
  put(out, "language", meta.language);
  put_text(out, "rights", meta.rights);
  put(out, "license", meta.license);
  put_tags(out, meta.categories);
  put_image(out, meta.image);
  put_where(out, meta.where);
}

void put_source(json::object& out, const Source& source) {
  put_text(out, "subtitle", source.subtitle);
  put_text(out, "summary", source.summary);
  put(out, "icon", source.icon);
  put(out, "logo", source.logo);
  json::object generator;
  put(generator, "name", source.generator.name);
  put(generator, "version", source.generator.version);
  put(generator, "href", source.generator.href);
  put(out, "generator", source.generator.name);
  if (!generator.empty()) out["generator_detail"] = std::move(generator);
}

json::object media_json(const Media& media) {
  json::object object;
  put(object, "url", media.url);
  put(object, "type", media.type);
  put(object, "medium", media.medium);
  put(object, "width", media.width);
  put(object, "height", media.height);
  put(object, "duration", media.duration);
  put(object, "filesize", media.length);
  return object;
}

void put_media(json::object& out, const List<Media>& all) {
  json::array contents, thumbnails;
  for (const Media& media : all) {
    if (media.kind == Media::Kind::kContent) contents.push_back(media_json(media));
    if (media.kind == Media::Kind::kThumbnail) thumbnails.push_back(media_json(media));
    if (media.kind == Media::Kind::kPlayer) out["media_player"] = media_json(media);
  }
  if (!contents.empty()) out["media_content"] = std::move(contents);
  if (!thumbnails.empty()) out["media_thumbnail"] = std::move(thumbnails);
}

json::object entry_json(const Entry& entry, bool is_rss) {
  json::object out;
  put_metadata(out, entry);
  put_text(out, "summary", entry.summary);
  json::array contents;
  for (const Text& content : entry.contents) contents.push_back(detail(content, shown_value(content)));
  if (!contents.empty()) {
    // Readers look for a summary first; the content is the best there is.
    if (!entry.summary.present()) out["summary"] = contents.front().at("value");
    out["content"] = std::move(contents);
  }
  if (is_rss && !entry.id.empty()) out["guidislink"] = entry.id_is_permalink && entry.link == entry.id;
  put(out, "comments", entry.comments);
  if (entry.source != nullptr) {
    json::object source;
    put(source, "href", entry.source_href);
    put_metadata(source, *entry.source);
    put_source(source, *entry.source);
    out["source"] = std::move(source);
  }
  put_media(out, entry.media);
  if (entry.incomplete) out["incomplete"] = true;
  put_extensions(out, entry.extensions);
  return out;
}

void put_polling_hints(json::object& out, const FeedInfo& feed) {
  static constexpr std::array<std::string_view, 6> kPeriods = {"",       "hourly",  "daily",
                                                               "weekly", "monthly", "yearly"};
  if (feed.ttl) out["ttl"] = std::to_string(feed.ttl->count());
  json::array hours, days;
  for (unsigned hour = 0; hour < 24; ++hour) {
    if (feed.skip_hours >> hour & 1u) hours.push_back(hour);
  }
  for (unsigned day = 0; day < 7; ++day) {
    if (feed.skip_days >> day & 1u) days.push_back(day);
  }
  if (!hours.empty()) out["skiphours"] = std::move(hours);
  if (!days.empty()) out["skipdays"] = std::move(days);
  if (feed.update_period == UpdatePeriod::kNone) return;
  out["sy_updateperiod"] = kPeriods[static_cast<size_t>(feed.update_period)];
  out["sy_updatefrequency"] = std::to_string(feed.update_frequency);
  put(out, "sy_updatebase", feed.update_base.text);
}

json::object feed_json(const FeedInfo& feed) {
  json::object out;
  put_metadata(out, feed);
  put_source(out, feed);
  put_text(out, "info", feed.info);
  put(out, "docs", feed.docs);
  put(out, "errorreportsto", feed.errors_to);
  json::object cloud, input;
  put(cloud, "domain", feed.cloud.domain);
  put(cloud, "port", feed.cloud.port);
  put(cloud, "path", feed.cloud.path);
  put(cloud, "registerprocedure", feed.cloud.register_procedure);
  put(cloud, "protocol", feed.cloud.protocol);
  if (!cloud.empty()) out["cloud"] = std::move(cloud);
  put(input, "title", feed.text_input.title);
  put(input, "description", feed.text_input.description);
  put(input, "name", feed.text_input.name);
  put(input, "link", feed.text_input.link);
  if (!input.empty()) out["textinput"] = std::move(input);
  put_polling_hints(out, feed);
  if (feed.complete) out["fh_complete"] = true;
  if (feed.archive) out["fh_archive"] = true;
  if (feed.expired) out["expired"] = true;
  put_extensions(out, feed.extensions);
  return out;
}

} // namespace

std::string raw_to_json(const RawFeed& raw) {
  json::object out;
  out["feed"] = feed_json(raw.feed);
  json::array entries;
  const bool is_rss = raw.version.starts_with("rss");
  for (const Entry& entry : raw.entries) entries.push_back(entry_json(entry, is_rss));
  out["entries"] = std::move(entries);
  if (!raw.tombstones.empty()) {
    json::array deleted;
    for (const Tombstone& tombstone : raw.tombstones) {
      json::object object{{"ref", tombstone.ref}};
      put_date(object, "when", tombstone.when);
      deleted.push_back(std::move(object));
    }
    out["deleted_entries"] = std::move(deleted);
  }
  out["encoding"] = raw.encoding;
  out["version"] = raw.version;
  json::array problems;
  for (const Problem& problem : raw.problems) {
    problems.push_back(json::object{{"reason", problem.reason}, {"message", problem.message}});
  }
  out["problems"] = std::move(problems);
  return json::serialize(out);
}

} // namespace circuit::feeds::rss
