#include "ingest/text/html_links.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "ingest/text/ascii.h"
#include "ingest/text/url.h"
#include "ingest/text/url_reference.h"

namespace circuit::text {
namespace {

constexpr auto kSafeSchemes = std::to_array<std::string_view>(
    {"bitcoin", "callto", "feed",  "ftp",    "ftps",   "geo",    "git", "gopher", "http", "https",  "imap",
     "irc",     "ircs",   "itms",  "magnet", "mailto", "matrix", "mms", "news",   "nntp", "rtsp",   "sftp",
     "sip",     "sips",   "skype", "sms",    "ssh",    "svn",    "tel", "telnet", "urn",  "webcal", "xmpp"});
static_assert(std::is_sorted(kSafeSchemes.begin(), kSafeSchemes.end()));

// Hosts (with a leading dot: and all below) and path beginnings that serve beacons to feed readers and mail
// programs.
// clang-format off
constexpr auto kBeacons = std::to_array<std::string_view>({
    "feeds.feedburner.com/~r/", "feeds.feedburner.com/~ff/", "feedproxy.google.com/~r/",
    "feedproxy.google.com/~ff/", "feeds.wordpress.com/1.0/", "stats.wordpress.com/b.gif", "pixel.wp.com/",
    "pixel.quantserve.com/", "ad.doubleclick.net/", "googleads.g.doubleclick.net/",
    "www.google-analytics.com/", "ssl.google-analytics.com/", "www.facebook.com/tr",
    "b.scorecardresearch.com/", "sb.scorecardresearch.com/", "counter.yadro.ru/", "feeds.feedblitz.com/~/i/",
    "feedsportal.com/", "da.feedsportal.com/", "rss.feedsportal.com/", "a.rfihub.com/",
    "segment.prod.bidr.io/", "px.ads.linkedin.com/", "t.co/i/adsct", "medium.com/_/stat",
    "www.assoc-amazon.com/e/ir", "ir-na.amazon-adsystem.com/", "ir-uk.amazon-adsystem.com/",
    "ir-de.amazon-adsystem.com/", "feedads.g.doubleclick.net/", "ads.pheedo.com/",
    "www.pheedo.com/feeds/tracker.php", "tracking.feedpress.it/", "feedpress.me/",
    "blogger.googleusercontent.com/tracker/", "www.blogger.com/tracker/", "pi.feedsportal.com/",
});
// clang-format on

constexpr auto kBeaconNames = std::to_array<std::string_view>(
    {"/pixel.gif", "/pixel.png", "/1x1.gif", "/1x1.png", "/spacer.gif", "/blank.gif", "/beacon.gif",
     "/transparent.gif", "/clear.gif", "/tracker.gif", "/count.gif", "/open.gif"});

// A length of one pixel or less: "0", "1", "1px".
bool is_speck(std::string_view length) {
  int value = 0;
  const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), value);
  if (error != std::errc() || value > 1 || value < 0) return false;
  const std::string_view unit = trim_ascii(length.substr(static_cast<size_t>(end - length.data())));
  return unit.empty() || equals_ignoring_case(unit, "px");
}

// The value of one property in a style attribute.
std::string_view style_property(std::string_view style, std::string_view property) {
  while (!style.empty()) {
    const size_t end = std::min(style.find(';'), style.size());
    const std::string_view declaration = style.substr(0, end);
    const size_t colon = declaration.find(':');
    if (colon != std::string_view::npos &&
        equals_ignoring_case(trim_ascii(declaration.substr(0, colon)), property)) {
      return trim_ascii(declaration.substr(colon + 1));
    }
    style.remove_prefix(std::min(end + 1, style.size()));
  }
  return {};
}

bool is_beacon(std::string_view source) {
  const UrlReference url = split_reference(source);
  if (!url.has_authority) return false;
  const std::string place = ascii_lower(url.authority) + std::string(url.path);
  const auto begins = [&](std::string_view beacon) { return place.starts_with(beacon); };
  const auto ends = [&](std::string_view name) { return place.ends_with(name); };
  return std::any_of(kBeacons.begin(), kBeacons.end(), begins) ||
         std::any_of(kBeaconNames.begin(), kBeaconNames.end(), ends);
}

bool is_placeholder(std::string_view source) {
  return source.empty() || starts_with_ignoring_case(source, "data:");
}

} // namespace

bool is_safe_url(std::string_view url) {
  const std::string scheme = scheme_of(url);
  return scheme.empty() || std::binary_search(kSafeSchemes.begin(), kSafeSchemes.end(), scheme);
}

std::string safe_link(std::string_view base_url, std::string_view url) {
  url = trim_ascii(url);
  if (url.empty() || !is_safe_url(url)) return {};
  std::string resolved = base_url.empty() ? repair_reference(url) : resolve_url(base_url, url);
  return is_safe_url(resolved) ? resolved : std::string();
}

std::string_view largest_candidate(std::string_view srcset) {
  std::string_view best;
  double best_size = -1;
  while (true) {
    while (!srcset.empty() && (is_ascii_space(srcset.front()) || srcset.front() == ','))
      srcset.remove_prefix(1);
    if (srcset.empty()) return best;
    size_t end = 0;
    while (end < srcset.size() && !is_ascii_space(srcset[end])) ++end;
    std::string_view url = srcset.substr(0, end);
    srcset.remove_prefix(end);
    const bool bare = url.ends_with(',');
    while (url.ends_with(',')) url.remove_suffix(1);
    double size = 1;
    if (!bare) {
      const size_t comma = std::min(srcset.find(','), srcset.size());
      const std::string_view descriptor = trim_ascii(srcset.substr(0, comma));
      std::from_chars(descriptor.data(), descriptor.data() + descriptor.size(), size);
      srcset.remove_prefix(comma);
    }
    if (size > best_size && !is_placeholder(url)) {
      best = url;
      best_size = size;
    }
  }
}

std::string_view image_source(const HtmlElement& image) {
  constexpr auto kLazy = std::to_array<std::string_view>(
      {"data-src", "data-original", "data-lazy-src", "data-orig-file", "data-actualsrc", "data-url"});
  for (const std::string_view name : kLazy) {
    const std::string_view source = image.value(name);
    if (!is_placeholder(source) && is_safe_url(source)) return source;
  }
  const std::string_view source = image.value("src");
  if (!is_placeholder(source)) return source;
  for (const std::string_view name : {"srcset", "data-srcset", "data-lazy-srcset"}) {
    const std::string_view candidate = largest_candidate(image.value(name));
    if (!candidate.empty()) return candidate;
  }
  return {};
}

bool is_tracking_image(const HtmlElement& image, std::string_view source) {
  const std::string_view style = image.value("style");
  const bool narrow = is_speck(image.value("width")) || is_speck(style_property(style, "width"));
  const bool low = is_speck(image.value("height")) || is_speck(style_property(style, "height"));
  return (narrow && low) || is_beacon(source);
}

bool is_hidden(const HtmlElement& element) {
  for (const HtmlAttribute& a : element.attributes) {
    if (a.name == "hidden") return true;
    if (a.name == "style" && equals_ignoring_case(style_property(a.value, "display").substr(0, 4), "none"))
      return true;
  }
  return false;
}

} // namespace circuit::text
