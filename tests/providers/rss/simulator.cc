#include "tests/providers/rss/simulator.h"

#include "tests/providers/gzip.h"
#include "tests/providers/http_conditions.h"
#include "tests/providers/http_date.h"
#include "tests/providers/rss/encode.h"
#include "tests/providers/rss/odd_pages.h"

namespace circuit::providers::rss {
namespace {

using std::chrono::seconds;

SimResponse status_page(int status, std::string_view title) {
  const std::string text(title);
  return text_response(status, "text/html; charset=utf-8",
                       "<!DOCTYPE html><html><head><title>" + text + "</title></head><body><h1>" + text +
                           "</h1></body></html>\n");
}

SimResponse redirect(int status, std::string location) {
  SimResponse response = status_page(status, "Moved");
  set_field(response.fields, "Location", std::move(location));
  return response;
}

// /redirect/S/PATH
SimResponse redirect_page(std::string_view rest) {
  const auto status = take_number(rest);
  if (!status || *status < 300 || *status > 399 || !rest.starts_with('/'))
    return status_page(404, "Not Found");
  return redirect(static_cast<int>(*status), std::string(rest));
}

void add_freshness(Fields& fields, const Hints& hints, SystemTime now) {
  if (hints.max_age_seconds) {
    const int max_age = *hints.max_age_seconds;
    fields.emplace_back("Cache-Control",
                        max_age == 0 ? "no-cache" : "public, max-age=" + std::to_string(max_age));
  }
  if (hints.expires_seconds)
    fields.emplace_back("Expires", format_http_date(now + seconds(*hints.expires_seconds)));
}

Validators validators_of(const RenderedPage& page, const FeedTraits& traits, bool compressed,
                         SystemTime now) {
  Validators validators;
  if (traits.etag) {
    // A strong tag tells the codings apart, a weak one need not (RFC 9110 section 8.8.1).
    validators.etag =
        traits.weak_etag ? "W/\"" + page.tag + "\"" : "\"" + page.tag + (compressed ? "-gzip\"" : "\"");
  }
  // A date of this very second would not change with the next change in it (RFC 9110 section 8.8.2.2).
  if (traits.last_modified && page.modified && *page.modified < std::chrono::floor<seconds>(now)) {
    validators.last_modified = page.modified;
  }
  return validators;
}

class RenderedPieces final : public BodyPieces {
 public:
  RenderedPieces(const World& world, const Feed& feed, Page page) : renderer_(world, feed, std::move(page)) {}
  std::string next() override {
    std::string pieces;
    while (pieces.size() < kPieceBytes) {
      const std::string piece = renderer_.next();
      if (piece.empty()) break;
      pieces += piece;
    }
    return pieces;
  }

 private:
  static constexpr size_t kPieceBytes = 64 * 1024;
  PageRenderer renderer_;
};

} // namespace

SimResponse RssSimulator::respond(const SimRequest& request, SystemTime now,
                                  std::optional<ContentFault> fault) {
  SimResponse response = answer(request, now, fault);
  response.fields.emplace_back("Date", format_http_date(now));
  return response;
}

SimResponse RssSimulator::answer(const SimRequest& request, SystemTime now,
                                 std::optional<ContentFault> fault) {
  if (request.method != "GET" && request.method != "HEAD") {
    SimResponse response = status_page(405, "Method Not Allowed");
    response.fields.emplace_back("Allow", "GET, HEAD");
    return response;
  }
  if (const auto resource = site_map_.find(request)) return answer_feed(*resource, request, now, fault);
  std::string_view path = request.path();
  if (take_prefix(path, "/sites/")) {
    const auto feed = take_number(path);
    if (feed && *feed < world_.feed_count() && (path.empty() || path == "/"))
      return autodiscovery_page(*feed);
  } else if (take_prefix(path, "/redirect/")) {
    return redirect_page(path);
  } else if (take_prefix(path, "/odd/")) {
    if (auto page = odd_page(path, request)) return std::move(*page);
  }
  return status_page(404, "Not Found");
}

SimResponse RssSimulator::answer_feed(Resource resource, const SimRequest& request, SystemTime now,
                                      std::optional<ContentFault> fault) {
  const Feed& feed = world_.feed(resource.feed);
  if (feed.moved_status != 0 && request.path().starts_with("/feeds/")) {
    return redirect(feed.moved_status, "/moved" + request.target.substr(std::string_view("/feeds").size()));
  }
  switch (feed.state) {
    case FeedState::kGone:
      return status_page(410, "Gone");
    case FeedState::kForbidden:
      return status_page(403, "Forbidden");
    case FeedState::kMissing:
      return status_page(404, "Not Found");
    case FeedState::kPublished:
      break;
  }
  if (fault == ContentFault::kEmptyPage) return answer_empty_page(resource);
  if (fault == ContentFault::kRepeatedPage) resource = site_map_.before(resource);
  // An old page of a complete feed would say that its newest items do not exist.
  if (fault == ContentFault::kStale && feed.traits.history != History::kComplete) {
    if (const auto page = cache_.stale(resource, feed.revision)) {
      return answer_published(resource, *page, request, now);
    }
  }
  const auto page = cache_.latest(resource, feed.revision, [&] { return render(resource); });
  return answer_published(resource, *page, request, now);
}

SimResponse RssSimulator::answer_published(const Resource& resource, RenderedPage& page,
                                           const SimRequest& request, SystemTime now) {
  const Feed& feed = world_.feed(resource.feed);
  const FeedTraits& traits = feed.traits;
  const bool compressed =
      traits.gzip && !page.large && accepts_gzip(find_field(request.fields, "Accept-Encoding"));
  const Validators validators = validators_of(page, traits, compressed, now);

  SimResponse response;
  add_freshness(response.fields, traits.hints, now);
  if (traits.gzip) response.fields.emplace_back("Vary", "Accept-Encoding");
  if (!validators.etag.empty()) response.fields.emplace_back("ETag", validators.etag);
  if (validators.last_modified) {
    response.fields.emplace_back("Last-Modified", format_http_date(*validators.last_modified));
  }
  switch (evaluate_preconditions(request, validators, now)) {
    case Precondition::kNotModified:
      response.status = 304;
      return response;
    case Precondition::kFailed:
      return status_page(412, "Precondition Failed");
    case Precondition::kPassed:
      break;
  }
  response.fields.emplace_back("Content-Type", content_type_of(traits));
  response.fields.emplace_back("Accept-Ranges", "none");
  if (page.large) {
    response.pieces = std::make_unique<RenderedPieces>(world_, feed, site_map_.page(resource));
  } else if (compressed) {
    if (!page.gzipped) page.gzipped = std::make_shared<const std::string>(gzip(*page.body));
    response.fields.emplace_back("Content-Encoding", "gzip");
    response.body = page.gzipped;
  } else {
    response.body = page.body;
  }
  return response;
}

SimResponse RssSimulator::answer_empty_page(const Resource& resource) const {
  const Feed& feed = world_.feed(resource.feed);
  Page page = site_map_.page(resource);
  page.items.clear();
  page.complete = page.tombstones = false;
  return text_response(200, content_type_of(feed.traits), render_page(world_, feed, std::move(page)));
}

SimResponse RssSimulator::autodiscovery_page(size_t index) const {
  const Feed& feed = world_.feed(index);
  const std::string title = escape_xml(feed.title);
  // Relative to the server, as most sites write it.
  const std::string path = feed_url(index).substr(site_map_.origin(index).size());
  return text_response(
      200, "text/html; charset=utf-8",
      "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>" + title +
          "</title>\n<link rel=\"stylesheet\" href=\"/style.css\">\n<link rel=\"alternate\" type=\"" +
          registered_media_type(feed.traits.format) + "\" title=\"" + title + "\" href=\"" + path +
          "\">\n</head><body><h1>" + title + "</h1></body></html>\n");
}

RenderedPage RssSimulator::render(const Resource& resource) const {
  const Feed& feed = world_.feed(resource.feed);
  Page page = site_map_.page(resource);
  RenderedPage rendered;
  rendered.revision = feed.revision;
  rendered.tag = std::to_string(resource.feed);
  if (resource.kind == Resource::Kind::kArchive) {
    // Archives do not change, whatever happens to the feed.
    rendered.tag += "-archive-" + std::to_string(resource.number);
    rendered.modified = page.items.empty() ? feed.modified : page.items.front()->updated;
  } else {
    rendered.tag += "-" + std::to_string(resource.number) + "-" + std::to_string(feed.revision);
    rendered.modified = feed.modified;
  }
  size_t html_bytes = 0;
  for (const Item* item : page.items) html_bytes += item->html_bytes;
  rendered.large = html_bytes > page_bytes_max_;
  rendered.body = std::make_shared<const std::string>(
      rendered.large ? std::string() : render_page(world_, feed, std::move(page)));
  return rendered;
}

} // namespace circuit::providers::rss
