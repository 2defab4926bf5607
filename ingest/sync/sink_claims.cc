#include "ingest/sync/sink_claims.h"

#include <algorithm>
#include <utility>

#include "ingest/state/records.h"

namespace circuit::sync {

namespace st = circuit::feeds::state::v1;

namespace {

constexpr size_t kNamed = 20; // more than anybody reads, and where the search ends

std::string listed(const std::vector<std::string>& names, bool more) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return more ? text + " and others" : text;
}

} // namespace

Task<Result<SinkClaims>> claims_on_sink(state::StateStore& store, std::string uri, std::string default_sink) {
  constexpr size_t kPage = 500;
  SinkClaims claims;
  std::string after;
  do {
    auto rows = co_await state::scan_records<st::FeedRecord>(store, "", after, kPage);
    if (!rows) co_return std::move(rows).error();
    std::vector<std::string> names;
    std::vector<std::string> keys;
    for (const auto& row : *rows) {
      const auto& settings = row.record.settings();
      if ((settings.sink().empty() ? default_sink : settings.sink()) != uri) continue;
      names.push_back(settings.name());
      keys.push_back(row.key);
    }
    auto states = co_await state::load_records<st::FeedStateRecord>(store, keys);
    if (!states) co_return std::move(states).error();
    for (size_t i = 0; i < names.size(); ++i) {
      if (!(*states)[i] || (*states)[i]->deliveries() == 0) continue;
      if (claims.feeds.size() == kNamed) {
        claims.more = true;
        co_return claims;
      }
      claims.feeds.push_back(std::move(names[i]));
    }
    after = rows->size() == kPage ? rows->back().key : "";
  } while (!after.empty());
  co_return claims;
}

Error storage_gone(Error problem, const SinkClaims& claims, const std::string& feed) {
  if (claims.only_of(feed)) {
    problem.next_step =
        "Put the file back; or, if it was removed on purpose, sync with RESEND (--resend), which begins it "
        "anew.";
    return problem;
  }
  std::vector<std::string> others = claims.feeds;
  others.erase(std::remove(others.begin(), others.end(), feed), others.end());
  const std::string names = listed(others, claims.more);
  problem.message += "; it also held documents of " + names;
  problem.next_step =
      "Put the file back; or, if it was removed on purpose, reset each of these feeds (circuit-feeds feeds "
      "reset "
      "NAME) and sync with RESEND (--resend): the file begins anew, and the next sync of each delivers all "
      "of it.";
  problem.metadata["feeds"] = names;
  return problem;
}

} // namespace circuit::sync
