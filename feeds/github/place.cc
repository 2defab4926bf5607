#include "feeds/github/place.h"

#include <algorithm>
#include <utility>

#include "ingest/state/timestamp.h"

namespace circuit::feeds::github {

bool Place::wants(const char* kind) const {
  if (selection.kinds_size() == 0) return std::string_view(kind) != "releases";
  return std::ranges::find(selection.kinds(), kind) != selection.kinds().end();
}

std::string Place::scope(const std::string& what) const {
  return "repo:" + std::to_string(repository.id) + ":" + what;
}

Task<void> Place::commit() {
  pull.set_part(std::to_string(repository.id), to_cursor(at));
  auto cursor = to_cursor(feed);
  co_await pull.checkpoint(std::move(cursor));
}

Task<bool> Place::forget(std::string what) {
  std::string all = scope(what);
  auto listing = co_await pull.enumerate(std::move(all), sync::Listing::kFromStart);
  co_return co_await listing->complete();
}

bool is_whole_due(const st::GitHubStream& stream, const Place& place) {
  if (!stream.has_whole_at() || place.pull.reread_all()) return true;
  const SystemTime at = circuit::state::from_timestamp(stream.whole_at());
  const SystemTime now = place.pull.started_at();
  return at > now || now - at >= place.options.whole_period; // a clock that went back must not put it off
}

Error items_malformed(const Repository& repository, const char* what, size_t count) {
  return make_error(ErrorClass::kInvalid, "GITHUB_ITEM_MALFORMED",
                    std::to_string(count) + " " + what + " of " + repository.full_name + " cannot be read",
                    "Open them at GitHub; if they look right there, report this.");
}

st::Cursor to_cursor(st::GitHubCursor cursor) {
  st::Cursor out;
  *out.mutable_github() = std::move(cursor);
  return out;
}

st::GitHubValidators to_state(const Validators& validators) {
  st::GitHubValidators out;
  out.set_etag(validators.etag);
  out.set_url(validators.url);
  return out;
}

Validators from_state(const st::GitHubValidators& validators) {
  return {validators.etag(), validators.url()};
}

} // namespace circuit::feeds::github
