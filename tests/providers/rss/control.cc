#include "tests/providers/rss/control.h"

#include <boost/json.hpp>
#include <charconv>

namespace circuit::providers::rss {
namespace {

namespace json = boost::json;
constexpr std::string_view kPrefix = "/_control/";
constexpr size_t kChangesMax = 1'000'000;

SimResponse json_response(int status, const json::value& value) {
  return text_response(status, "application/json", json::serialize(value) + "\n");
}

SimResponse refused(int status, std::string_view why) { return json_response(status, {{"error", why}}); }

std::optional<size_t> number_of(const SimRequest& request, std::string_view name) {
  const auto text = request.query(name);
  size_t value = 0;
  if (!text) return std::nullopt;
  const char* end = text->data() + text->size();
  const auto result = std::from_chars(text->data(), end, value);
  return result.ec == std::errc() && result.ptr == end ? std::optional(value) : std::nullopt;
}

const char* kind_name(ItemChange::Kind kind) {
  switch (kind) {
    case ItemChange::Kind::kAdded:
      return "added";
    case ItemChange::Kind::kEdited:
      return "edited";
    case ItemChange::Kind::kDeleted:
      break;
  }
  return "deleted";
}

SimResponse changes_response(const std::vector<ItemChange>& changes) {
  json::array list;
  for (const ItemChange& change : changes) {
    list.push_back({{"kind", kind_name(change.kind)}, {"feed", change.feed}, {"item", change.number}});
  }
  return json_response(200, {{"changes", std::move(list)}});
}

constexpr std::pair<FeedState, const char*> kStates[] = {{FeedState::kPublished, "published"},
                                                         {FeedState::kGone, "gone"},
                                                         {FeedState::kForbidden, "forbidden"},
                                                         {FeedState::kMissing, "missing"}};

const char* state_name(FeedState state) {
  for (const auto& [value, name] : kStates) {
    if (value == state) return name;
  }
  return "unknown";
}

const char* visibility_name(Visibility visibility) {
  switch (visibility) {
    case Visibility::kCurrent:
      return "current";
    case Visibility::kHistory:
      return "history";
    case Visibility::kPast:
      return "past";
    case Visibility::kDeleted:
      return "deleted";
    case Visibility::kForgotten:
      break;
  }
  return "forgotten";
}

json::object document_object(const ExpectedDocument& document) {
  return {{"external_id", document.external_id},
          {"title", document.title},
          {"link", document.link},
          {"marker", document.marker},
          {"version", document.version},
          {"visibility", visibility_name(document.visibility)},
          {"title_exact", document.title_exact}};
}

// Counts what passes, because nobody knows beforehand how much it will be.
class CountedPieces final : public BodyPieces {
 public:
  CountedPieces(std::unique_ptr<BodyPieces> pieces, uint64_t& bytes)
      : pieces_(std::move(pieces)), bytes_(bytes) {}
  std::string next() override {
    std::string piece = pieces_->next();
    bytes_ += piece.size();
    return piece;
  }

 private:
  std::unique_ptr<BodyPieces> pieces_;
  uint64_t& bytes_;
};

} // namespace

SimResponse RssControl::respond(const SimRequest& request, SystemTime now,
                                std::optional<ContentFault> fault) {
  const std::string_view path = request.path();
  if (path.starts_with(kPrefix)) return control(path.substr(kPrefix.size()), request, now);
  SimResponse response = provider_.respond(request, now, fault);
  if (stats_.requests == 0) stats_.first_at = now;
  stats_.last_at = now;
  ++stats_.requests;
  ++stats_.statuses[response.status];
  if (response.status == 304) ++stats_.not_modified;
  if (request.method != "HEAD") {
    if (response.body) stats_.bytes += response.body->size();
    if (response.pieces)
      response.pieces = std::make_unique<CountedPieces>(std::move(response.pieces), stats_.bytes);
  }
  return response;
}

SimResponse RssControl::control(std::string_view command, const SimRequest& request, SystemTime now) {
  if (request.method == "GET") {
    if (command == "urls") return urls();
    if (command == "truth") return truth();
    if (command == "stats") return stats_page();
    return refused(404, "no such report: urls, truth or stats");
  }
  if (request.method == "POST") return change(command, request, now);
  return refused(405, "GET a report or POST a change");
}

SimResponse RssControl::change(std::string_view command, const SimRequest& request, SystemTime now) {
  if (command == "stats") {
    stats_ = {};
    return stats_page();
  }
  if (command == "faults/stop") {
    faults_.stop();
    return json_response(200, json::object());
  }
  if (command == "advance") {
    const auto changes = number_of(request, "changes");
    if (!changes || *changes > kChangesMax) return refused(400, "changes must be a number up to 1000000");
    return changes_response(world_.advance(*changes, now));
  }
  const auto feed = number_of(request, "feed");
  if (!feed || *feed >= world_.feed_count()) return refused(400, "feed must be the number of a feed");
  return change_feed(command, *feed, request, now);
}

SimResponse RssControl::change_feed(std::string_view command, size_t feed, const SimRequest& request,
                                    SystemTime now) {
  const auto current = world_.current_items(world_.feed(feed));
  const size_t newest = current.empty() ? 0 : current.front()->number;
  const uint32_t item = static_cast<uint32_t>(number_of(request, "item").value_or(newest));
  if (command == "edit") {
    if (!world_.edit_item(feed, item, now))
      return refused(409, "the feed does not show that item, or it has no identity");
    return changes_response({{ItemChange::Kind::kEdited, feed, item}});
  }
  if (command == "delete") {
    if (!world_.delete_item(feed, item, now))
      return refused(409, "the feed cannot say that this item was deleted");
    return changes_response({{ItemChange::Kind::kDeleted, feed, item}});
  }
  if (command == "add") {
    const size_t count = number_of(request, "count").value_or(1);
    if (count > kChangesMax) return refused(400, "count must be at most 1000000");
    std::vector<ItemChange> changes;
    for (size_t i = 0; i < count; ++i) {
      const uint32_t number = world_.add_item(feed, now, number_of(request, "bytes").value_or(0));
      changes.push_back({ItemChange::Kind::kAdded, feed, number});
    }
    return changes_response(changes);
  }
  if (command == "state") {
    for (const auto& [state, name] : kStates) {
      if (request.query("state") != name) continue;
      world_.set_state(feed, state, now);
      return json_response(200, json::object());
    }
    return refused(400, "state must be published, gone, forbidden or missing");
  }
  if (command == "move") {
    const size_t status = number_of(request, "status").value_or(0);
    if (status != 0 && (status < 301 || status > 308))
      return refused(400, "status must be 301, 302, 303, 307, 308 or 0");
    world_.move_feed(feed, static_cast<int>(status));
    return json_response(200, json::object());
  }
  return refused(404, "no such change: advance, edit, add, delete, state, move or faults/stop");
}

SimResponse RssControl::urls() const {
  std::string lines;
  for (size_t i = 0; i < world_.feed_count(); ++i) lines += simulator_.feed_url(i) + "\n";
  return text_response(200, "text/plain; charset=utf-8", std::move(lines));
}

SimResponse RssControl::truth() const {
  json::array feeds;
  for (size_t i = 0; i < world_.feed_count(); ++i) {
    const FeedTruth truth = world_.truth(i);
    json::array documents;
    for (const ExpectedDocument& document : truth.documents) documents.push_back(document_object(document));
    feeds.push_back({{"feed", i},
                     {"url", simulator_.feed_url(i)},
                     {"title", world_.feed(i).title},
                     {"state", state_name(truth.state)},
                     {"documents", std::move(documents)}});
  }
  return json_response(200, {{"feeds", std::move(feeds)}});
}

SimResponse RssControl::stats_page() const {
  json::object statuses;
  for (const auto& [status, count] : stats_.statuses) statuses[std::to_string(status)] = count;
  return json_response(
      200, {{"requests", stats_.requests},
            {"not_modified", stats_.not_modified},
            {"bytes", stats_.bytes},
            {"statuses", std::move(statuses)},
            {"seconds", std::chrono::duration<double>(stats_.last_at - stats_.first_at).count()}});
}

} // namespace circuit::providers::rss
