// What only a feed has: generator, images, the text box, the cloud, and the hints when to come again.
#include <array>

#include "feeds/rss/ascii.h"
#include "feeds/rss/handlers.h"

namespace circuit::feeds::rss {
namespace {

constexpr long long kMostTtlMinutes = 60LL * 24 * 366;
constexpr long long kMostUpdatesPerPeriod = 100'000;

// Calls `read(local name, scope, child)` for each child element.
template <class Read>
void for_each_child(Parsing& parsing, const Scope& scope, pugi::xml_node element, const Read& read) {
  for (pugi::xml_node child = element.first_child(); exists(child); child = child.next_sibling()) {
    if (child.type() != pugi::node_element) continue;
    const Scope inner = parsing.reader.enter(scope, child);
    read(parsing.reader.name_of(inner, child).local, inner, child);
  }
}

bool named(std::string_view name, std::string_view expected) { return equals_ignoring_case(name, expected); }

std::string_view resource_of(Parsing& parsing, const Scope& scope, pugi::xml_node element) {
  return parsing.reader.resolve(scope, parsing.reader.attribute(element, "resource"));
}

} // namespace

void on_generator(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  if (target.source == nullptr) return;
  XmlReader& reader = parsing.reader;
  Generator generator;
  for (const char* name : {"uri", "url", "href"}) {
    if (generator.href.empty()) generator.href = reader.resolve(scope, reader.attribute(element, name));
  }
  generator.version = reader.attribute(element, "version");
  generator.name = reader.text(element);
  target.source->generator = generator;
}

void on_generator_agent(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  if (target.source != nullptr) target.source->generator.href = resource_of(parsing, scope, element);
}

void on_errors_to(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  if (target.feed != nullptr) target.feed->errors_to = resource_of(parsing, scope, element);
}

void on_image(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  XmlReader& reader = parsing.reader;
  Image image = target.meta.image;
  for_each_child(parsing, scope, element,
                 [&](std::string_view name, const Scope& inner, pugi::xml_node child) {
                   if (named(name, "url") || named(name, "href")) image.href = reader.url(inner, child);
                   if (named(name, "title")) image.title = reader.text(child);
                   if (named(name, "link")) image.link = reader.url(inner, child);
                   if (named(name, "description")) image.description = reader.text(child);
                   if (named(name, "width")) image.width = reader.text(child);
                   if (named(name, "height")) image.height = reader.text(child);
                 });
  if (image.href.empty()) image.href = reader.resolve(scope, reader.attribute(element, "href"));
  if (image.href.empty()) image.href = resource_of(parsing, scope, element);
  target.meta.image = image;
}

void on_icon(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  if (target.source != nullptr) target.source->icon = parsing.reader.url(scope, element);
}

// CDF has <logo href>, Atom has <logo>url</logo>.
void on_logo(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  if (target.source == nullptr) return;
  target.source->logo = parsing.reader.url(scope, element);
  if (target.source->logo.empty()) {
    target.source->logo = parsing.reader.resolve(scope, parsing.reader.attribute(element, "href"));
  }
}

void on_text_input(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  if (target.feed == nullptr) return;
  XmlReader& reader = parsing.reader;
  TextInput& input = target.feed->text_input;
  for_each_child(parsing, scope, element,
                 [&](std::string_view name, const Scope& inner, pugi::xml_node child) {
                   if (named(name, "title")) input.title = reader.text(child);
                   if (named(name, "description")) input.description = reader.text(child);
                   if (named(name, "name")) input.name = reader.text(child);
                   if (named(name, "link")) input.link = reader.url(inner, child);
                 });
}

void on_cloud(Parsing& parsing, const Scope&, pugi::xml_node element, Target& target) {
  if (target.feed == nullptr) return;
  XmlReader& reader = parsing.reader;
  target.feed->cloud = {.domain = reader.attribute(element, "domain"),
                        .port = reader.attribute(element, "port"),
                        .path = reader.attribute(element, "path"),
                        .register_procedure = reader.attribute(element, "registerprocedure"),
                        .protocol = reader.attribute(element, "protocol")};
}

void on_docs(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  if (target.feed != nullptr) target.feed->docs = parsing.reader.url(scope, element);
}

void on_ttl(Parsing& parsing, const Scope&, pugi::xml_node element, Target& target) {
  if (target.feed == nullptr) return;
  const long long minutes = leading_number(parsing.reader.text(element), -1);
  if (minutes >= 0 && minutes <= kMostTtlMinutes) target.feed->ttl = std::chrono::minutes(minutes);
}

void on_skip_hours(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  if (target.feed == nullptr) return;
  for_each_child(parsing, scope, element, [&](std::string_view, const Scope&, pugi::xml_node child) {
    const long long hour = leading_number(parsing.reader.text(child), -1);
    if (hour >= 0 && hour <= 24) target.feed->skip_hours |= 1u << (hour % 24); // RSS 0.91 counts to 24
  });
}

void on_skip_days(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target) {
  if (target.feed == nullptr) return;
  constexpr std::array<std::string_view, 7> kDays = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
  for_each_child(parsing, scope, element, [&](std::string_view, const Scope&, pugi::xml_node child) {
    const std::string_view day = parsing.reader.text(child);
    for (size_t i = 0; i < kDays.size(); ++i) {
      if (starts_with_ignoring_case(day, kDays[i])) target.feed->skip_days |= static_cast<uint8_t>(1u << i);
    }
  });
}

void on_update_period(Parsing& parsing, const Scope&, pugi::xml_node element, Target& target) {
  if (target.feed == nullptr) return;
  const std::string_view period = parsing.reader.text(element);
  if (named(period, "hourly")) target.feed->update_period = UpdatePeriod::kHourly;
  if (named(period, "daily")) target.feed->update_period = UpdatePeriod::kDaily;
  if (named(period, "weekly")) target.feed->update_period = UpdatePeriod::kWeekly;
  if (named(period, "monthly")) target.feed->update_period = UpdatePeriod::kMonthly;
  if (named(period, "yearly")) target.feed->update_period = UpdatePeriod::kYearly;
}

// A frequency alone is of the module's default period, a day.
void on_update_frequency(Parsing& parsing, const Scope&, pugi::xml_node element, Target& target) {
  if (target.feed == nullptr) return;
  const long long times = leading_number(parsing.reader.text(element), 0);
  if (times < 1 || times > kMostUpdatesPerPeriod) return;
  target.feed->update_frequency = static_cast<uint32_t>(times);
  if (target.feed->update_period == UpdatePeriod::kNone) target.feed->update_period = UpdatePeriod::kDaily;
}

void on_update_base(Parsing& parsing, const Scope&, pugi::xml_node element, Target& target) {
  if (target.feed != nullptr) target.feed->update_base = parsing.reader.date(element);
}

void on_complete(Parsing&, const Scope&, pugi::xml_node, Target& target) {
  if (target.feed != nullptr) target.feed->complete = true;
}

void on_archive(Parsing&, const Scope&, pugi::xml_node, Target& target) {
  if (target.feed != nullptr) target.feed->archive = true;
}

void on_deleted_entry(Parsing& parsing, const Scope&, pugi::xml_node element, Target& target) {
  if (target.feed == nullptr) return;
  const std::string_view ref = parsing.reader.attribute(element, "ref");
  if (ref.empty()) return;
  parsing.out.tombstones.push_back({ref, XmlReader::date_of(parsing.reader.attribute(element, "when"))});
}

} // namespace circuit::feeds::rss
