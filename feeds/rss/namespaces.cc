#include "feeds/rss/namespaces.h"

#include <algorithm>
#include <array>

#include "feeds/rss/ascii.h"

namespace circuit::feeds::rss {
namespace {

struct UriRow {
  std::string_view uri; // lower case, without scheme and trailing '/' or '#'
  Ns ns;
};

constexpr auto kUris = [] {
  auto rows = std::to_array<UriRow>({
      {"backend.userland.com/blogchannelmodule", Ns::kUnknown},
      {"backend.userland.com/creativecommonsrssmodule", Ns::kCreativeCommons},
      {"backend.userland.com/rss", Ns::kCore},
      {"backend.userland.com/rss2", Ns::kCore},
      {"backend.userland.com/rss2.1", Ns::kCore},
      {"backend.userland.com/rss091", Ns::kCore},
      {"blogs.law.harvard.edu/tech/rss", Ns::kCore},
      {"channel.netscape.com/rdf/simple/0.9", Ns::kCore},
      {"cyber.law.harvard.edu/rss", Ns::kCore},
      {"cyber.law.harvard.edu/rss/rss.html", Ns::kCore},
      {"example.com/newformat", Ns::kCore},
      {"my.netscape.com/publish/formats/rss-0.91.dtd", Ns::kCore},
      {"my.netscape.com/rdf/simple/0.9", Ns::kCore},
      {"example.com/necho", Ns::kCore},
      {"purl.org/atom/ns", Ns::kCore},
      {"purl.org/echo", Ns::kCore},
      {"purl.org/net/rss1.1", Ns::kCore},
      {"purl.org/pie", Ns::kCore},
      {"purl.org/rss/1.0", Ns::kCore},
      {"purl.org/rss/1.0/modules/rss091", Ns::kCore},
      {"uri/of/echo/namespace", Ns::kCore},
      {"www.w3.org/2005/atom", Ns::kCore},
      {"a9.com/-/opensearchrss/1.0", Ns::kOpenSearch},
      {"a9.com/-/spec/opensearch/1.1", Ns::kOpenSearch},
      {"a9.com/-/spec/opensearchrss/1.0", Ns::kOpenSearch},
      {"activitystrea.ms/spec/1.0", Ns::kActivity},
      {"api.pheedo.com/pheedo", Ns::kPheedo},
      {"www.pheedo.com/namespace/pheedo", Ns::kPheedo},
      {"creativecommons.org/ns", Ns::kCreativeCommons},
      {"cyber.law.harvard.edu/rss/creativecommonsrssmodule.html", Ns::kCreativeCommons},
      {"web.resource.org/cc", Ns::kCreativeCommons},
      {"feedburner.google.com", Ns::kFeedBurner},
      {"rssnamespace.org/feedburner/ext/1.0", Ns::kFeedBurner},
      {"freshmeat.net/rss/fm", Ns::kUnknown},
      {"github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md", Ns::kPodcast},
      {"podcastindex.org/namespace/1.0", Ns::kPodcast},
      {"madskills.com/public/xml/rss/module/pingback", Ns::kPingback},
      {"madskills.com/public/xml/rss/module/trackback", Ns::kTrackback},
      {"openid.net/xmlns/1.0", Ns::kUnknown},
      {"podlove.org/simple-chapters", Ns::kPodlove},
      {"podlove.org/simple-chapters/1", Ns::kPodlove},
      {"purl.org/atompub/tombstones/1.0", Ns::kTombstones},
      {"purl.org/dc/elements/1.0", Ns::kDublinCore},
      {"purl.org/dc/elements/1.1", Ns::kDublinCore},
      {"purl.org/dc/terms", Ns::kDublinCoreTerms},
      {"purl.org/rss/1.0/modules/aggregation", Ns::kUnknown},
      {"purl.org/rss/1.0/modules/content", Ns::kContent},
      {"purl.org/rss/1.0/modules/dc", Ns::kDublinCore},
      {"purl.org/rss/1.0/modules/dcterms", Ns::kDublinCoreTerms},
      {"purl.org/rss/1.0/modules/link", Ns::kLink},
      {"purl.org/rss/1.0/modules/slash", Ns::kSlash},
      {"purl.org/rss/1.0/modules/syndication", Ns::kSyndication},
      {"purl.org/rss/1.0/modules/taxonomy", Ns::kTaxonomy},
      {"purl.org/syndication/history/1.0", Ns::kHistory},
      {"purl.org/syndication/thread/1.0", Ns::kThread},
      {"search.yahoo.com/mrss", Ns::kMedia},
      {"video.search.yahoo.com/mrss", Ns::kMedia},
      {"www.rssboard.org/media-rss", Ns::kMedia},
      {"webns.net/mvcb", Ns::kAdmin},
      {"wellformedweb.org/commentapi", Ns::kWellFormedWeb},
      {"www.georss.org/georss", Ns::kGeoRss},
      {"www.georss.org/georss/10", Ns::kGeoRss},
      {"www.google.com/schemas/play-podcasts/1.0", Ns::kGooglePlay},
      {"www.google.com/schemas/play-podcasts/1.0/play-podcasts.xsd", Ns::kGooglePlay},
      {"www.itunes.com/dtds/podcast-1.0.dtd", Ns::kItunes},
      {"www.itunes.com/dtds/podcast-1.0", Ns::kItunes},
      {"example.com/dtds/podcast-1.0.dtd", Ns::kItunes},
      {"www.opengis.net/gml", Ns::kGml},
      {"www.w3.org/1998/math/mathml", Ns::kMathMl},
      {"www.w3.org/1999/02/22-rdf-syntax-ns", Ns::kRdf},
      {"www.w3.org/1999/xhtml", Ns::kXhtml},
      {"www.w3.org/1999/xlink", Ns::kXlink},
      {"www.w3.org/2000/svg", Ns::kSvg},
      {"www.w3.org/2003/01/geo/wgs84_pos", Ns::kGeo},
      {"www.w3.org/xml/1998/namespace", Ns::kXml},
      {"www.youtube.com/xml/schemas/2015", Ns::kYouTube},
  });
  std::sort(rows.begin(), rows.end(), [](const UriRow& a, const UriRow& b) { return a.uri < b.uri; });
  return rows;
}();

struct PrefixRow {
  std::string_view prefix;
  Ns ns;
};

// The first row of a vocabulary holds its usual prefix.
constexpr auto kPrefixes = std::to_array<PrefixRow>({
    {"xml", Ns::kXml},
    {"xhtml", Ns::kXhtml},
    {"svg", Ns::kSvg},
    {"mathml", Ns::kMathMl},
    {"xlink", Ns::kXlink},
    {"rdf", Ns::kRdf},
    {"content", Ns::kContent},
    {"dc", Ns::kDublinCore},
    {"dcterms", Ns::kDublinCoreTerms},
    {"media", Ns::kMedia},
    {"itunes", Ns::kItunes},
    {"googleplay", Ns::kGooglePlay},
    {"podcast", Ns::kPodcast},
    {"georss", Ns::kGeoRss},
    {"geo", Ns::kGeo},
    {"gml", Ns::kGml},
    {"slash", Ns::kSlash},
    {"thr", Ns::kThread},
    {"wfw", Ns::kWellFormedWeb},
    {"sy", Ns::kSyndication},
    {"fh", Ns::kHistory},
    {"at", Ns::kTombstones},
    {"feedburner", Ns::kFeedBurner},
    {"cc", Ns::kCreativeCommons},
    {"creativecommons", Ns::kCreativeCommons},
    {"admin", Ns::kAdmin},
    {"psc", Ns::kPodlove},
    {"trackback", Ns::kTrackback},
    {"pingback", Ns::kPingback},
    {"taxo", Ns::kTaxonomy},
    {"l", Ns::kLink},
    {"opensearch", Ns::kOpenSearch},
    {"yt", Ns::kYouTube},
    {"activity", Ns::kActivity},
    {"pheedo", Ns::kPheedo},
    {"atom", Ns::kCore},
    {"atom10", Ns::kCore},
    {"a10", Ns::kCore},
    {"rss", Ns::kCore},
});

struct VersionRow {
  std::string_view uri;
  std::string_view version;
};
constexpr auto kVersions = std::to_array<VersionRow>({
    {"www.w3.org/2005/atom", "atom10"},
    {"purl.org/atom/ns", "atom03"},
    {"purl.org/rss/1.0", "rss10"},
    {"my.netscape.com/rdf/simple/0.9", "rss090"},
    {"channel.netscape.com/rdf/simple/0.9", "rss090"},
});

// The URI as the tables have it; `buffer` holds the result.
class TableKey {
 public:
  explicit TableKey(std::string_view uri) {
    uri = trim(uri);
    if (const size_t scheme = uri.find("://"); scheme < 8) uri.remove_prefix(scheme + 3);
    while (!uri.empty() && (uri.back() == '/' || uri.back() == '#')) uri.remove_suffix(1);
    if (uri.size() > buffer_.size()) return;
    std::transform(uri.begin(), uri.end(), buffer_.begin(), to_lower);
    size_ = uri.size();
  }
  std::string_view view() const { return {buffer_.data(), size_}; }

 private:
  std::array<char, 96> buffer_; // longer than any row
  size_t size_ = 0;
};

} // namespace

Ns namespace_of_uri(std::string_view uri) {
  const TableKey key(uri);
  const auto* row = std::lower_bound(kUris.begin(), kUris.end(), key.view(),
                                     [](const UriRow& r, std::string_view wanted) { return r.uri < wanted; });
  if (row == kUris.end() || row->uri != key.view()) return uri.empty() ? Ns::kCore : Ns::kUnknown;
  return row->ns;
}

Ns namespace_of_prefix(std::string_view prefix) {
  for (const PrefixRow& row : kPrefixes) {
    if (equals_ignoring_case(row.prefix, prefix)) return row.ns;
  }
  return Ns::kUnknown;
}

std::string_view usual_prefix(Ns ns) {
  if (ns == Ns::kCore) return {};
  for (const PrefixRow& row : kPrefixes) {
    if (row.ns == ns) return row.prefix;
  }
  return {};
}

std::string_view version_of_uri(std::string_view uri) {
  const TableKey key(uri);
  for (const VersionRow& row : kVersions) {
    if (row.uri == key.view()) return row.version;
  }
  return {};
}

} // namespace circuit::feeds::rss
