// Telling a provider that a grant is over, now or for three days.

#include "ingest/credentials/core.h"
#include "ingest/state/key.h"

namespace circuit::credentials {
namespace {

using Kind = RevocationOutcome::Kind;

Duration next_wait(int attempts, Random& random) {
  constexpr Duration kFirst = std::chrono::minutes(1), kMost = std::chrono::hours(6);
  const Duration bound = std::min<Duration>(kMost, kFirst * (int64_t{1} << std::clamp(attempts, 0, 12)));
  return bound / 2 +
         Duration(static_cast<Duration::rep>(random.below(static_cast<uint64_t>(bound.count() / 2))));
}

Task<Result<void>> forget_revocation(Core& core, std::string id) {
  state::Batch batch;
  state::erase_record<st::RevocationRecord>(batch, state::revocation_key(id));
  auto commit = core.seams.store.commit(std::move(batch));
  auto written = co_await std::move(commit);
  if (!written) co_return written;
  std::vector<state::Table> tables{state::Table::kRevocations};
  auto purge = core.seams.store.purge(std::move(tables));
  co_return co_await std::move(purge);
}

Task<RevocationOutcome> attempt(Core& core, const st::RevocationRecord* record, std::string id) {
  auto credential = core.seams.vault.open_apart(*record, id);
  if (!credential) co_return RevocationOutcome{Kind::kFailed, std::move(credential).error()};
  auto party =
      ConnectionParty::of(core.seams, record->provider(), record->method(), to_map(record->parameters()),
                          to_map(record->properties()), credential->find("client_secret"));
  if (!party) co_return RevocationOutcome{Kind::kFailed, std::move(party).error()};
  auto revoking = revoke(core, &**party, &*credential, "revocations/" + id);
  co_return co_await std::move(revoking);
}

} // namespace

Task<RevocationOutcome> revoke(Core& core, const OAuthParty* party, const Credential* credential,
                               std::string connection) {
  if (!party->method.oauth) co_return RevocationOutcome{Kind::kUnsupported, std::nullopt};
  auto request = revocation_request(*party, *credential);
  if (!request) co_return RevocationOutcome{Kind::kFailed, std::move(request).error()};
  if (!*request) co_return RevocationOutcome{Kind::kUnsupported, std::nullopt};
  auto sending =
      core.endpoints.send(**std::move(request), std::move(connection), core.options.revocation_deadline);
  auto response = co_await std::move(sending);
  auto revoked = read_revocation(*party, response, core.now());
  if (!revoked) co_return RevocationOutcome{Kind::kFailed, std::move(revoked).error()};
  co_return RevocationOutcome{Kind::kRevoked, std::nullopt};
}

Task<Result<void>> plan_revocations(Core& core) {
  constexpr size_t kPage = 500;
  std::string after;
  do {
    auto page = co_await state::scan_records<st::RevocationRecord>(core.seams.store, "", after, kPage);
    if (!page) co_return std::move(page).error();
    for (const auto& row : *page) {
      state::KeyReader reader(row.key);
      if (const auto id = reader.string())
        core.revocations.plan(std::string(*id), state::from_timestamp(row.record.next_attempt_at()));
    }
    after = page->size() == kPage ? page->back().key : "";
  } while (!after.empty());
  co_return Result<void>();
}

Task<void> try_revocation(Core& core, std::string id) {
  auto key = state::revocation_key(id);
  auto loaded = co_await state::load_record<st::RevocationRecord>(core.seams.store, key);
  if (!loaded) {
    core.warn(loaded.error());
    if (is_retryable(loaded.error())) core.revocations.plan(id, core.now() + next_wait(1, core.seams.random));
    co_return;
  }
  if (!*loaded) co_return;
  st::RevocationRecord record = **std::move(loaded);
  auto outcome = co_await attempt(core, &record, id);
  const bool late = core.now() >= state::from_timestamp(record.retry_until());
  if (outcome.kind != Kind::kFailed || late) {
    if (outcome.kind == Kind::kFailed && outcome.error) {
      auto error = *std::move(outcome.error);
      core.warn(std::move(error).while_doing("giving up the revocation of a grant at " + record.provider()));
    }
    auto forgotten = co_await forget_revocation(core, id);
    if (forgotten) co_return;
    core.warn(forgotten.error());
  }
  record.set_attempts(record.attempts() + 1);
  SystemTime next = core.now() + next_wait(record.attempts(), core.seams.random);
  if (outcome.error && outcome.error->retry_at) next = std::max(next, *outcome.error->retry_at);
  *record.mutable_next_attempt_at() = state::to_timestamp(next);
  core.revocations.plan(id, next);
  state::Batch batch;
  state::put_record(batch, std::move(key), std::move(record));
  auto commit = core.seams.store.commit(std::move(batch));
  auto written = co_await std::move(commit);
  if (!written) core.warn(written.error());
}

} // namespace circuit::credentials
