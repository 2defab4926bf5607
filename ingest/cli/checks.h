#pragma once
// What `doctor` looks at, one function each: what it found, and what to do about it. They change nothing that
// was there before. Those that wait bound their wait. One thread.

#include <string>
#include <vector>

#include "config/schema.h"
#include "ingest/runtime/clock.h"
#include "ingest/runtime/error.h"

namespace circuit::cli {

struct Finding {
  enum Level { kOk, kWarn, kFail };
  Level level = kOk;
  std::string subject; // "data directory"
  std::string found;   // what it is like
  std::string next_step;
};

Finding ok(std::string subject, std::string found);
Finding warn(std::string subject, std::string found, std::string next_step);
Finding fail(std::string subject, std::string found, std::string next_step);
Finding fail(std::string subject, const Error& error);

// Opens the store if there is one and nobody holds it; says who does. `verify` reads every block.
Finding check_data_dir(const std::string& path, bool verify);
Finding check_disk_space(const std::string& path);
Finding check_clock();
Finding check_authorities(const std::string& ca_file);
Finding check_open_files(const config::HttpSettings& settings);
Finding check_memory(const sync::EngineOptions& options);
// Whether a jsonl file's folder can be written, or something listens at a grpc address.
Finding check_sink(const std::string& uri, Duration limit);

} // namespace circuit::cli
