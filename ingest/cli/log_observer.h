#pragma once
// What the engine tells, as lines of the log.

#include "ingest/cli/log.h"
#include "ingest/sync/engine.h"

namespace circuit::cli {

class LogObserver final : public sync::EngineObserver {
 public:
  explicit LogObserver(const Log& log) : log_(log) {}

  void sync_started(const circuit::feeds::v1::Sync& sync) override;
  void sync_ended(const circuit::feeds::v1::Sync& sync) override;
  void dead_letter(const circuit::feeds::v1::DeadLetter& letter) override;
  void warning(const Error& error) override;

 private:
  const Log& log_;
};

} // namespace circuit::cli
