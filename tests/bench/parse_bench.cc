// From bytes to the raw model, against pugixml alone; and to documents, against pugixml and libxml2's HTML
// events added.

#include <libxml/HTMLparser.h>

#include <memory>
#include <pugixml.hpp>

#include "feeds/rss/identity.h"
#include "feeds/rss/normalize.h"
#include "feeds/rss/parse.h"
#include "tests/bench/cases.h"
#include "tests/providers/rss/render.h"
#include "tests/providers/rss/simulator.h"
#include "tests/providers/rss/world.h"

namespace circuit::bench {
namespace {

namespace sim = circuit::providers::rss;

// Feeds as the simulator writes them: RSS 2.0, RSS 1.0 and Atom in turn, 50 items each, with HTML of a few
// KiB.
std::shared_ptr<const std::vector<std::string>> corpus() {
  sim::World world(sim::WorldOptions{.seed = 3});
  for (int i = 0; i < 60; ++i) {
    sim::FeedTraits traits = sim::plain_traits(static_cast<sim::Format>(i % 3));
    traits.script = static_cast<sim::Script>(i % sim::kScriptCount);
    traits.window = 50;
    traits.item_bytes = 2000;
    world.add_feed(sim::legal(std::move(traits)), 50);
  }
  sim::RssSimulator simulator(world, {});
  auto bodies = std::make_shared<std::vector<std::string>>();
  for (size_t i = 0; i < world.feed_count(); ++i) {
    providers::SimRequest request;
    request.host = "feeds.example";
    request.target = simulator.feed_url(i).substr(std::string("http://feeds.example").size());
    auto response = simulator.respond(request, SystemTime(std::chrono::seconds(1'700'000'000)), std::nullopt);
    bodies->push_back(*response.body);
  }
  return bodies;
}

double megabytes(const std::vector<std::string>& bodies) {
  double bytes = 0;
  for (const auto& body : bodies) bytes += static_cast<double>(body.size());
  return bytes / 1e6;
}

double parse_all_with_pugixml(const std::vector<std::string>& bodies) {
  for (const auto& body : bodies) {
    pugi::xml_document document;
    document.load_buffer(body.data(), body.size());
  }
  return megabytes(bodies);
}

feeds::rss::ParseOptions options() {
  feeds::rss::ParseOptions out;
  out.content_type = "application/xml; charset=utf-8";
  out.url = "http://feeds.example/feed.xml";
  return out;
}

double parse_all(const std::vector<std::string>& bodies) {
  for (const auto& body : bodies) {
    if (!feeds::rss::parse_feed(body, options())) return 0;
  }
  return megabytes(bodies);
}

double normalize_all(const std::vector<std::string>& bodies) {
  feeds::rss::NormalizeOptions how;
  how.url = options().url;
  how.now = SystemTime(std::chrono::seconds(1'700'000'000));
  for (const auto& body : bodies) {
    auto raw = feeds::rss::parse_feed(body, options());
    if (!raw) return 0;
    for (const auto& item : feeds::rss::identify_items(*raw)) feeds::rss::normalize(*raw, item, how);
  }
  return megabytes(bodies);
}

void ignore_start(void*, const xmlChar*, const xmlChar**) {}
void ignore_end(void*, const xmlChar*) {}
void ignore_text(void*, const xmlChar*, int) {}

} // namespace

void read_with_libraries(const std::string& body) {
  pugi::xml_document document;
  document.load_buffer(body.data(), body.size());
  xmlSAXHandler sax{};
  sax.startElement = ignore_start;
  sax.endElement = ignore_end;
  sax.characters = ignore_text;
  htmlParserCtxtPtr context =
      htmlCreatePushParserCtxt(&sax, nullptr, nullptr, 0, nullptr, XML_CHAR_ENCODING_UTF8);
  htmlParseChunk(context, body.data(), static_cast<int>(body.size()), 1);
  htmlFreeParserCtxt(context);
}

namespace {

// pugixml over the whole, and libxml2's HTML events over the same bytes.
double bare_xml_and_html(const std::vector<std::string>& bodies) {
  for (const auto& body : bodies) read_with_libraries(body);
  return megabytes(bodies);
}

} // namespace

std::vector<Case> parse_cases() {
  return {{"parse",
           [] {
             auto bodies = corpus();
             return Comparison{"parse", "MB", 0.5, [bodies] { return parse_all(*bodies); },
                               [bodies] { return parse_all_with_pugixml(*bodies); }};
           }},
          {"normalize", [] {
             auto bodies = corpus();
             return Comparison{"normalize", "MB", 0.6, [bodies] { return normalize_all(*bodies); },
                               [bodies] { return bare_xml_and_html(*bodies); }};
           }}};
}

} // namespace circuit::bench
