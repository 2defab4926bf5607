#pragma once
// Requests for feed documents, and what their answers mean. RFC 9110, RFC 9111; what else is kept to is in
// docs/rss.md.

#include <string>

#include "feeds/rss/provider.h"
#include "ingest/sync/pull.h"

namespace circuit::feeds::rss {

// What a server that has several forms of a feed may choose from. Short: libcurl takes sixty instructions for
// each character.
inline constexpr const char* kAccept =
    "application/atom+xml,application/rss+xml,application/rdf+xml,application/feed+json,"
    "application/xml;q=0.9,text/xml;q=0.9,*/*;q=0.1";

struct Validators {
  std::string etag;
  std::string last_modified;
  std::string url; // that they came from, behind any redirects: they are sent to no other
  bool empty() const { return etag.empty() && last_modified.empty(); }
};

struct Answer {
  enum class Kind { kDocument, kNotModified, kGone };
  Kind kind = Kind::kDocument;
  http::Response response;
  // Where to ask from now on: the end of an unbroken run of permanent redirects from the address asked;
  // empty: as before.
  std::string moved_to;
};

// GET, conditional where `validators` say something. Errors are the transport's, and for statuses:
//   AUTH        RSS_NEEDS_LOGIN (401)
//   PERMISSION  RSS_FORBIDDEN (403), RSS_BOT_CHALLENGE (403 with a challenge page)
//   NOT_FOUND   RSS_NOT_FOUND (404)
//   THROTTLED   PROVIDER_THROTTLED (429)
//   TRANSIENT   RSS_SERVER_ERROR (5xx, 408, 425)
//   INVALID     RSS_UNEXPECTED_STATUS
Task<Result<Answer>> ask(sync::Pull& pull, std::string url, Validators validators, const RssOptions& options);

// Pure part of it.
Result<Answer> read_answer(http::Response response, const std::string& asked);

} // namespace circuit::feeds::rss
