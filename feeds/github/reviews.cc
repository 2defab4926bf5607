#include "feeds/github/reviews.h"

#include <boost/asio/this_coro.hpp>
#include <utility>

#include "feeds/github/normalize.h"
#include "ingest/runtime/task_group.h"
#include "ingest/sync/troubles.h"

namespace circuit::feeds::github {
namespace {

struct Reviewed {
  const Issue* pull_request = nullptr;
  std::vector<Comment> reviews;
  std::optional<Error> error;
};

Task<void> fetch_reviews(const Place* place, Reviewed* reviewed) {
  std::string url = place->client.reviews_of(place->repository.full_name, reviewed->pull_request->number,
                                             place->options.page);
  while (!url.empty()) {
    auto page = co_await place->client.reviews(place->pull, url, reviewed->pull_request->number);
    if (!page) {
      reviewed->error = std::move(page).error();
      co_return;
    }
    for (Comment& review : page->value.items) reviewed->reviews.push_back(std::move(review));
    url = page->next;
  }
}

// Of one pull request, as a server in trouble gives them, or none: the others are read.
bool is_of_one(const Error& error, sync::PassingErrors& passing) {
  if (error.cls == ErrorClass::kTransient) return passing.add();
  return error.cls == ErrorClass::kInvalid;
}

} // namespace

Task<Result<Unread>> read_reviews_of(Place& place, std::vector<const Issue*> issues) {
  Unread unread;
  if (!place.wants("reviews")) co_return unread;
  std::vector<Reviewed> reviewed;
  for (const Issue* issue : issues) {
    if (issue->pull_request) reviewed.push_back({issue, {}, std::nullopt});
  }
  if (reviewed.empty()) co_return unread;
  std::vector<Reviewed*> fetched;
  fetched.reserve(reviewed.size());
  for (Reviewed& one : reviewed) fetched.push_back(&one);
  const auto executor = co_await boost::asio::this_coro::executor;
  const auto fetch = [&place](Reviewed* one) { return fetch_reviews(&place, one); };
  co_await for_each_concurrent(executor, fetched, place.options.bodies_at_a_time, fetch);
  std::string scope = place.scope("reviews");
  auto listing = co_await place.pull.enumerate(std::move(scope), sync::Listing::kAdditions);
  sync::PassingErrors passing;
  for (Reviewed& one : reviewed) {
    if (one.error && one.error->cls == ErrorClass::kNotFound) continue; // gone since it was listed
    if (one.error && is_of_one(*one.error, passing)) {
      unread.emplace_back(one.pull_request, *std::move(one.error));
      continue;
    }
    if (one.error) co_return *std::move(one.error);
    passing.went_well();
    std::vector<sync::ItemStamp> stamps;
    for (const Comment& review : one.reviews)
      stamps.push_back({review_id(place.repository, review), review_version(place.repository, review)});
    const std::vector<bool> wanted = co_await place.pull.select_changed(std::move(stamps));
    for (size_t i = 0; i < one.reviews.size(); ++i) {
      if (!wanted[i]) continue;
      auto document = normalize_review(place.repository, one.reviews[i], place.options.max_text_bytes);
      co_await place.pull.upsert(std::move(document));
    }
  }
  co_return unread;
}

} // namespace circuit::feeds::github
