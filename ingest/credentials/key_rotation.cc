#include "ingest/credentials/key_rotation.h"

#include <utility>

namespace circuit::credentials {

namespace v1 = circuit::feeds::v1;

KeyRotation::KeyRotation(Vault& vault, const Keyring& keyring, Loop& loop,
                         std::function<void(const Error&)> warning, KeyRotationPace pace)
    : vault_(vault),
      keyring_(keyring),
      loop_(loop),
      warning_(std::move(warning)),
      pace_(pace),
      pass_(loop.executor()) {}

Task<Result<void>> KeyRotation::start() {
  auto checked = co_await vault_.check_keys();
  if (!checked) co_return checked;
  auto needed = co_await is_needed();
  if (!needed) co_return std::move(needed).error();
  if (*needed) begin();
  co_return Result<void>();
}

Task<void> KeyRotation::stop() {
  pass_.cancel();
  co_await pass_.join();
  running_ = false;
}

KeyRotation::Answer KeyRotation::list() {
  auto counts = co_await vault_.count_by_key();
  if (!counts) co_return std::move(counts).error();
  v1::ListKeysResponse response;
  for (const auto& id : keyring_.ids()) {
    auto* key = response.add_keys();
    key->set_id(id);
    key->set_loaded(true);
    key->set_primary(id == keyring_.primary_id());
    const auto counted = counts->find(id);
    if (counted != counts->end()) key->set_sealed(counted->second);
  }
  for (const auto& [id, count] : *counts) {
    if (id == kUnreadableKey) {
      response.set_unreadable(count);
    } else if (!keyring_.has(id)) {
      auto* key = response.add_keys();
      key->set_id(id);
      key->set_sealed(count);
    }
  }
  response.set_rotating(running_);
  response.set_rotated(rotated_);
  response.set_failed(failed_);
  co_return response;
}

KeyRotation::Answer KeyRotation::rotate() {
  if (keyring_.primary_id().empty()) co_return master_key_missing();
  begin();
  auto listing = list();
  co_return co_await std::move(listing);
}

void KeyRotation::begin() {
  if (running_) return;
  running_ = true;
  pass_.spawn(run_pass());
}

Task<Result<bool>> KeyRotation::is_needed() {
  auto counts = co_await vault_.count_by_key();
  if (!counts) co_return std::move(counts).error();
  for (const auto& [id, count] : *counts) {
    if (id != keyring_.primary_id() && keyring_.has(id)) co_return true;
  }
  co_return false;
}

Task<void> KeyRotation::run_pass() {
  std::string after;
  do {
    auto rotating = vault_.rotate(after, pace_.page);
    auto page = co_await std::move(rotating);
    if (!page) {
      warning_(page.error()); // asked again, or at the next start, it goes on
      break;
    }
    for (const auto& failure : page->failures) warning_(failure);
    rotated_ += page->rotated;
    failed_ += page->failed;
    after = page->next;
    if (!after.empty()) co_await loop_.clock().sleep_for(pace_.pause);
  } while (!after.empty());
  running_ = false;
}

} // namespace circuit::credentials
