#include "feeds/hubspot_forms/feed.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "feeds/hubspot_forms/normalize.h"
#include "ingest/state/timestamp.h"

namespace circuit::feeds::hubspot_forms {

using sync::Failure;
using sync::Pull;
namespace st = circuit::feeds::state::v1;

namespace {

bool is_due(bool done_before, const google::protobuf::Timestamp& last, Duration period, SystemTime now) {
  if (!done_before) return true;
  const SystemTime at = circuit::state::from_timestamp(last);
  return at > now || now - at >= period; // a clock that went back must not put it off
}

std::string scope_of(const std::string& form) { return "form:" + form; }

st::Cursor part_of(st::HubSpotFormsCursor cursor) {
  st::Cursor out;
  *out.mutable_hubspot_forms() = std::move(cursor);
  return out;
}

// The feed's own cursor says nothing but that there is one.
st::Cursor feed_cursor() { return part_of({}); }

Error malformed(size_t count, const Form& form) {
  return make_error(ErrorClass::kInvalid, "HUBSPOT_SUBMISSION_MALFORMED",
                    std::to_string(count) + " submissions of form " + form.id + " cannot be read",
                    "Open the form's submissions in HubSpot; if they look right there, report this.");
}

// Where the next page is; a listing that does not move would never end.
std::string moved_on(const std::string& before, std::string after, const std::string& what) {
  if (after.empty() || after != before) return after;
  throw Failure(make_error(ErrorClass::kTransient, "HUBSPOT_BAD_ANSWER",
                           "HubSpot's pages of " + what + " lead back to themselves",
                           "Nothing to do: it is tried again. If it stays, report this."));
}

// An error that the other forms need not have.
bool is_of_one(const Error& error) {
  return error.cls == ErrorClass::kTransient || error.cls == ErrorClass::kInvalid ||
         error.cls == ErrorClass::kPermission;
}

// A place that HubSpot gave and does not take is given up so often in one sync.
constexpr int kMostRestarts = 2;

Error place_refused(const Form& form) {
  return make_error(ErrorClass::kTransient, "HUBSPOT_BAD_ANSWER",
                    "HubSpot takes none of the places that it gives in the submissions of form " + form.id,
                    "Nothing to do: it is tried again. If it stays, report this.");
}

int64_t to_ms(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1000 + time.nanos() / 1'000'000;
}

} // namespace

Task<void> HubSpotFormsFeed::pull(Pull& pull) {
  const Client client(base_url(pull.connection(), options_));
  const auto executor = co_await boost::asio::this_coro::executor;
  TaskGroup readers(executor);
  sync::ReadAhead<Result<SubmissionsPage>> pages(pull, readers);
  co_await run_beside(readers, read_forms({pull, client, pages}));
}

Task<void> HubSpotFormsFeed::read_forms(Reading reading) {
  if (selection_.forms_size() > 0) {
    co_await read_selected_forms(reading);
  } else {
    co_await read_all_forms(reading, false);
    if (selection_.with_archived_forms()) co_await read_all_forms(reading, true);
  }
  if (all_listed_) co_await forget_unlisted_forms(reading);
  troubles_.throw_if_all();
}

Task<void> HubSpotFormsFeed::read_all_forms(Reading reading, bool archived) {
  std::string after;
  do {
    reading.pull.progress("listing forms");
    auto page = co_await reading.client.forms(reading.pull, after, archived, options_.forms_page);
    if (!page) throw Failure(std::move(page).error());
    after = moved_on(after, page->after, "forms");
    for (const Form& form : page->forms) listed_.push_back(form.id);
    std::optional<FormWalk> opened;
    for (size_t i = 0; i < page->forms.size(); ++i) {
      if (!opened) opened = co_await open(reading, std::move(page->forms[i]));
      std::optional<Form> next;
      if (i + 1 < page->forms.size()) next = std::move(page->forms[i + 1]);
      opened = co_await walk_form(reading, *std::move(opened), std::move(next));
    }
  } while (!after.empty());
}

Task<void> HubSpotFormsFeed::read_selected_forms(Reading reading) {
  for (const std::string& id : selection_.forms()) {
    listed_.push_back(id);
    auto form = co_await reading.client.form(reading.pull, id);
    if (!form && is_of_one(form.error())) {
      troubles_.add(reading.pull, "form " + id, std::move(form).error());
      continue;
    }
    if (!form) {
      if (form.error().cls != ErrorClass::kNotFound) throw Failure(std::move(form).error());
      reading.pull.incomplete("Form " + id + " does not exist, or the token may not see it.");
      all_listed_ = false;
      continue;
    }
    auto opened = co_await open(reading, *std::move(form));
    co_await walk_form(reading, std::move(opened), std::nullopt);
  }
}

HubSpotFormsFeed::Walk HubSpotFormsFeed::begin_walk(const Pull& pull, const FormCursor& at) const {
  Walk walk;
  const SystemTime now = pull.started_at();
  *walk.mutable_began_at() = circuit::state::to_timestamp(now);
  const auto ms = [](Duration duration) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  };
  if (pull.reread_all() || is_due(at.has_full_walk_at(), at.full_walk_at(), options_.full_walk_period, now)) {
    walk.set_kind(Walk::FULL);
  } else if (is_due(at.has_deep_walk_at(), at.deep_walk_at(), options_.deep_walk_period, now)) {
    walk.set_kind(Walk::DEEP);
    walk.set_floor_ms(at.watermark_ms() - ms(options_.backdated_by));
  } else {
    walk.set_kind(Walk::RECENT);
    walk.set_floor_ms(at.watermark_ms() - ms(options_.overlap));
  }
  return walk;
}

void HubSpotFormsFeed::read_ahead(Reading reading, const std::string& form, const std::string& after) const {
  const Client& client = reading.client;
  reading.pages.add(0, [&client, form, after, limit = options_.submissions_page](sync::Api& api) {
    return client.submissions(api, form, after, limit);
  });
}

Task<std::optional<HubSpotFormsFeed::FormWalk>> HubSpotFormsFeed::open_next(Reading reading,
                                                                            std::optional<Form>* next) {
  if (!*next) co_return std::nullopt;
  auto form = *std::exchange(*next, std::nullopt);
  auto opening = open(reading, std::move(form));
  co_return co_await std::move(opening);
}

Task<HubSpotFormsFeed::FormWalk> HubSpotFormsFeed::open(Reading reading, Form form) {
  auto part = co_await reading.pull.part(form.id);
  FormWalk opened{std::move(form), std::move(*part.mutable_hubspot_forms())};
  opened.goes_on = opened.at.has_walk() && !reading.pull.reread_all();
  if (!opened.goes_on) *opened.at.mutable_walk() = begin_walk(reading.pull, opened.at);
  read_ahead(reading, opened.form.id, opened.at.walk().after());
  co_return opened;
}

Task<std::optional<HubSpotFormsFeed::FormWalk>> HubSpotFormsFeed::walk_form(Reading reading, FormWalk walked,
                                                                            std::optional<Form> next) {
  Pull& pull = reading.pull;
  const Form& form = walked.form;
  FormCursor& at = walked.at;
  std::optional<FormWalk> opened; // the next one
  const auto how = [&](bool from_start) {
    if (at.walk().kind() != Walk::FULL) return sync::Listing::kAdditions;
    return from_start ? sync::Listing::kFromStart : sync::Listing::kGoesOn;
  };
  const std::string scope = scope_of(form.id);
  auto listing = co_await pull.enumerate(scope, how(!walked.goes_on));
  bool ended = false;
  int restarts = 0;
  while (!ended) {
    Walk& walk = *at.mutable_walk();
    pull.progress("reading submissions of " + form.name);
    auto page = co_await reading.pages.next();
    if (!page && page.error().reason == "HUBSPOT_PAGE_EXPIRED") { // its place in the list is lost
      if (++restarts > kMostRestarts) page = place_refused(form);
    }
    if (!page && page.error().reason == "HUBSPOT_PAGE_EXPIRED") {
      *at.mutable_walk() = begin_walk(pull, at);
      listing.reset();
      listing = co_await pull.enumerate(scope, how(true));
      read_ahead(reading, form.id, {});
      continue;
    }
    if (!page && page.error().cls == ErrorClass::kNotFound) { // deleted since it was listed
      listing->incomplete("Form " + form.id + " was gone when its submissions were to be read.");
      all_listed_ = false;
      listing.reset();
      co_return co_await open_next(reading, &next);
    }
    if (!page && is_of_one(page.error())) { // it goes on where its cursor stands with the next sync
      listing.reset();
      troubles_.add(pull, "form " + form.name, std::move(page).error());
      co_return co_await open_next(reading, &next);
    }
    if (!page) throw Failure(std::move(page).error());
    // The last one's time, for the list is in order; should one be out of its place, the walk goes on.
    const bool below_the_floor = walk.kind() != Walk::FULL && !page->submissions.empty() &&
                                 page->submissions.back().submitted_at_ms < walk.floor_ms();
    ended = page->after.empty() || below_the_floor;
    if (!ended && page->after != walk.after()) read_ahead(reading, form.id, page->after);
    if (ended) opened = co_await open_next(reading, &next);
    const bool whole = co_await read_page(pull, form, *page);
    if (!whole) listing->incomplete("Some submissions of form " + form.id + " cannot be read.");
    for (const Submission& submission : page->submissions) {
      // Never ahead of time: above a watermark in the future, what comes meanwhile would not be looked for.
      const int64_t seen = std::min(submission.submitted_at_ms, to_ms(walk.began_at()));
      if (walk.after().empty()) walk.set_target_ms(std::max(walk.target_ms(), seen));
    }
    if (ended) break;
    walk.set_after(moved_on(walk.after(), page->after, "submissions of form " + form.id));
    pull.set_part(form.id, part_of(at));
    auto cursor = feed_cursor();
    co_await pull.checkpoint(std::move(cursor));
  }
  troubles_.went_well();
  const Walk walk = at.walk();
  bool swept = true;
  if (walk.kind() == Walk::FULL) swept = co_await listing->complete();
  listing.reset();
  at.set_watermark_ms(std::max(at.watermark_ms(), walk.target_ms()));
  if (walk.kind() != Walk::RECENT) *at.mutable_deep_walk_at() = walk.began_at();
  // What was held, or could not be judged, is looked at again by the next sync.
  if (walk.kind() == Walk::FULL && swept) *at.mutable_full_walk_at() = walk.began_at();
  at.clear_walk();
  pull.set_part(form.id, part_of(at));
  auto cursor = feed_cursor();
  co_await pull.checkpoint(std::move(cursor));
  co_return opened;
}

// Whether all of it could be read.
Task<bool> HubSpotFormsFeed::read_page(Pull& pull, const Form& form, const SubmissionsPage& page) {
  const std::string digest = form_digest(form);
  std::vector<sync::ItemStamp> stamps;
  stamps.reserve(page.submissions.size());
  for (const Submission& submission : page.submissions) {
    stamps.push_back({external_id(form.id, submission), version(digest, submission)});
  }
  std::vector<sync::ItemStamp> asked = stamps;
  const std::vector<bool> wanted = co_await pull.select_changed(std::move(asked));
  for (size_t i = 0; i < page.submissions.size(); ++i) {
    if (!wanted[i]) continue;
    auto document = normalize(form, page.submissions[i], options_.max_text_bytes);
    document.set_version(stamps[i].version);
    co_await pull.upsert(std::move(document));
  }
  if (page.malformed > 0) {
    auto error = malformed(page.malformed, form);
    co_await pull.reject(form.id + "/malformed", std::move(error));
  }
  co_return page.malformed == 0;
}

// Whether its submissions go: it is selected no more, deleted, or archived.
Task<bool> HubSpotFormsFeed::is_gone(Reading reading, std::string form) {
  if (selection_.forms_size() > 0) co_return true;
  auto found = co_await reading.client.form(reading.pull, form);
  if (!found && found.error().cls == ErrorClass::kNotFound) co_return true;
  if (!found) {
    troubles_.add(reading.pull, "form " + form, std::move(found).error());
    co_return false;
  }
  if (found->archived && !selection_.with_archived_forms()) co_return true;
  reading.pull.incomplete("HubSpot's list of forms passed over form " + found->name + ".");
  co_return false;
}

// Forms that were read before and are listed no more.
Task<void> HubSpotFormsFeed::forget_unlisted_forms(Reading reading) {
  Pull& pull = reading.pull;
  std::ranges::sort(listed_);
  std::string after;
  for (;;) {
    constexpr size_t kPage = 500;
    const std::vector<std::string> known = co_await pull.parts(after, kPage);
    for (const std::string& form : known) {
      if (std::ranges::binary_search(listed_, form)) continue;
      const bool gone = co_await is_gone(reading, form);
      if (!gone) continue;
      std::string scope = scope_of(form);
      auto listing = co_await pull.enumerate(std::move(scope), sync::Listing::kFromStart);
      const bool swept = co_await listing->complete();
      listing.reset();
      if (swept) pull.set_part(form, {});
      auto cursor = feed_cursor();
      co_await pull.checkpoint(std::move(cursor));
    }
    if (known.size() < kPage) co_return;
    after = known.back();
  }
}

} // namespace circuit::feeds::hubspot_forms
