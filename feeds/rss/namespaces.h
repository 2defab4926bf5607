#pragma once
// XML namespaces by URI. A vocabulary has one enumerator whatever URIs and prefixes the wild has given it;
// URIs are compared without case, scheme and trailing '/' or '#'. Pure functions; any thread.

#include <cstdint>
#include <string_view>

namespace circuit::feeds::rss {

enum class Ns : uint8_t {
  kCore, // no namespace, and those of RSS, Atom, CDF: their elements are told apart by name alone
  kUnknown,
  kXml,
  kXhtml,
  kSvg,
  kMathMl,
  kXlink,
  kRdf,
  kContent,
  kDublinCore,
  kDublinCoreTerms,
  kMedia,
  kItunes,
  kGooglePlay,
  kPodcast,
  kGeoRss,
  kGeo,
  kGml,
  kSlash,
  kThread,
  kWellFormedWeb,
  kSyndication,
  kHistory,
  kTombstones,
  kFeedBurner,
  kCreativeCommons,
  kAdmin,
  kPodlove,
  kTrackback,
  kPingback,
  kTaxonomy,
  kLink,
  kOpenSearch,
  kYouTube,
  kActivity,
  kPheedo,
};

// The vocabulary that a URI names, or kUnknown.
Ns namespace_of_uri(std::string_view uri);

// The vocabulary that an undeclared prefix can only mean, or kUnknown.
Ns namespace_of_prefix(std::string_view prefix);

// The prefix that everybody uses for it ("slash"); empty for kCore and kUnknown.
std::string_view usual_prefix(Ns ns);

// The feed version that a core namespace stands for ("atom10", "atom03", "rss10", "rss090"), or empty.
std::string_view version_of_uri(std::string_view uri);

} // namespace circuit::feeds::rss
