#include "tests/providers/rss/demonstration.h"

#include "tests/providers/rss/demonstration_text.h"

namespace circuit::providers::rss {
namespace {

FeedTraits traits_of(Format format, Script script) {
  FeedTraits traits = plain_traits(format);
  traits.script = script;
  traits.hints.max_age_seconds = 60;
  return traits;
}

FeedTraits podcast_traits() {
  FeedTraits traits = traits_of(Format::kRss20, Script::kEnglish);
  traits.enclosures = true;
  traits.hints.ttl_minutes = 60;
  return traits;
}

FeedTraits latin1_traits() {
  FeedTraits traits = traits_of(Format::kRss10, Script::kGerman);
  traits.charset = Charset::kIso88591;
  traits.hints.update_period = "hourly";
  traits.etag = false;
  return legal(traits);
}

FeedTraits tombstone_traits() {
  FeedTraits traits = traits_of(Format::kAtom10, Script::kJapanese);
  traits.tombstones = true;
  return legal(traits);
}

FeedTraits xhtml_traits() {
  FeedTraits traits = traits_of(Format::kAtom10, Script::kEnglish);
  traits.cdata = false;
  return traits;
}

std::vector<std::string> split_tags(std::string_view tags) {
  std::vector<std::string> out;
  while (!tags.empty()) {
    const size_t end = std::min(tags.find(','), tags.size());
    out.emplace_back(tags.substr(0, end));
    tags.remove_prefix(std::min(end + 1, tags.size()));
  }
  return out;
}

// The text of the first paragraph, which none of these texts marks up.
std::string first_sentence(std::string_view html) {
  const size_t begin = html.find("<p>") + 3;
  const std::string_view paragraph = html.substr(begin, html.find("</p>", begin) - begin);
  for (const std::string_view stop : {". ", "。"}) {
    const size_t end = paragraph.find(stop);
    if (end != std::string_view::npos)
      return std::string(paragraph.substr(0, end + (stop == ". " ? 1 : stop.size())));
  }
  return std::string(paragraph);
}

} // namespace

std::span<const DemonstrationFeed> demonstration_feeds() {
  static const DemonstrationFeed kFeeds[] = {
      {"Harbour Light Weekly", "News from the quays, the ferry and the town behind them",
       "https://harbourlight.example", "The Harbour Light desk", "en-GB", kHarbourItems,
       traits_of(Format::kRss20, Script::kEnglish)},
      {"Notes from the Build Room", "What broke, why, and what we changed", "https://buildroom.example",
       "Imre Vadas", "en", kBuildRoomItems, xhtml_traits()},
      {"The Patient Loaf", "Slow bread for impatient people", "https://patientloaf.example",
       "Odile Marchetti", "en", kLoafItems, traits_of(Format::kJsonFeed11, Script::kEnglish)},
      {"Long Way Round", "Conversations on trains, recorded between two stations",
       "https://longwayround.example", "Tamsin Oyelaran", "en-GB", kTrainItems, podcast_traits()},
      {"Wetterbrief Nordküste", "Wind, Wasser und was daraus wird", "https://wetterbrief.example",
       "Jörg Hansen", "de", kWeatherItems, latin1_traits()},
      {"みなと図書館だより", "新着図書と催しのお知らせ", "https://minato-library.example", "みなと図書館",
       "ja", kLibraryItems, tombstone_traits()},
  };
  return kFeeds;
}

ItemContent demonstration_content(const DemonstrationFeed& feed, const ContentKey& key,
                                  const std::string& site) {
  const DemonstrationItem& item = feed.items[(key.number - 1) % feed.items.size()];
  const size_t part = 1 + (key.number - 1) / feed.items.size();
  ItemContent content;
  content.title = item.title;
  if (part > 1) content.title += " (" + std::to_string(part) + ")";
  content.html = item.html;
  if (key.version > 1) {
    content.html += "<p><strong>Correction " + std::to_string(key.version - 1) +
                    ":</strong> an earlier version of this article gave a figure that was out of date.</p>\n";
  }
  content.summary = first_sentence(item.html);
  content.author = item.author;
  content.tags = split_tags(item.tags);
  if (item.audio_bytes != 0) {
    content.enclosure = Enclosure{site + "/audio/" + std::string(item.slug) + ".mp3", "audio/mpeg",
                                  item.audio_bytes, item.audio_seconds};
  }
  return content;
}

std::string demonstration_path(const DemonstrationFeed& feed, uint32_t number) {
  const size_t part = 1 + (number - 1) / feed.items.size();
  std::string path = "/articles/" + std::string(feed.items[(number - 1) % feed.items.size()].slug);
  if (part > 1) path += "-" + std::to_string(part);
  return path;
}

} // namespace circuit::providers::rss
