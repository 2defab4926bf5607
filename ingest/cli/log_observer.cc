#include "ingest/cli/log_observer.h"

#include "ingest/cli/output.h"
#include "ingest/state/error_message.h"

namespace circuit::cli {

using circuit::feeds::v1::Sync;

void LogObserver::sync_started(const Sync& sync) {
  if (!log_.writes(LogLevel::kInfo)) return;
  log_.write(LogLevel::kInfo, "sync started",
             {{"sync", sync.name()},
              {"feed", sync.feed()},
              {"mode", circuit::feeds::v1::SyncMode_Name(sync.mode())}});
}

void LogObserver::sync_ended(const Sync& sync) {
  const bool failed = sync.state() == Sync::FAILED;
  if (!log_.writes(failed ? LogLevel::kWarning : LogLevel::kInfo)) return;
  const auto& counts = sync.counts();
  LogFields fields = {{"sync", sync.name()},
                      {"feed", sync.feed()},
                      {"state", Sync::State_Name(sync.state())},
                      {"delivered", std::to_string(counts.delivered())},
                      {"unchanged", std::to_string(counts.unchanged())},
                      {"removed", std::to_string(counts.removed())},
                      {"rejected", std::to_string(counts.rejected())},
                      {"requests", std::to_string(counts.requests())},
                      {"not_modified", std::to_string(counts.not_modified())},
                      {"incomplete", sync.incomplete_reason()}};
  if (failed) {
    return log_.error(LogLevel::kWarning, "sync failed", state::from_message(sync.error()),
                      std::move(fields));
  }
  log_.write(LogLevel::kInfo, "sync ended", fields);
}

void LogObserver::dead_letter(const circuit::feeds::v1::DeadLetter& letter) {
  log_.error(LogLevel::kWarning, "document set aside", state::from_message(letter.error()),
             {{"feed", letter.feed()}, {"document", letter.external_id()}});
}

void LogObserver::warning(const Error& error) { log_.error(LogLevel::kWarning, "warning", error); }

} // namespace circuit::cli
