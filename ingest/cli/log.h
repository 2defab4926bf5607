#pragma once
// The log of a worker: one event a line, logfmt or JSON, each with time, level, message, and the ids that it
// is about. A line is one write, so lines of threads do not mix. Any thread.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/runtime/error.h"

namespace circuit::cli {

enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kLogfmt, kJson };

// "debug", "info", "warning", "error"; what is none of them is kInfo: the configuration's checks come first.
LogLevel log_level(std::string_view name);

using LogFields = std::vector<std::pair<std::string_view, std::string>>;

// One line, with its end. Pure.
std::string format_log_line(LogFormat format, SystemTime time, LogLevel level, std::string_view message,
                            const LogFields& fields);

class Log {
 public:
  Log(LogLevel least, LogFormat format, int descriptor)
      : least_(least), format_(format), descriptor_(descriptor) {}

  // Whether lines of that level are written: who has much to put together for one asks first.
  bool writes(LogLevel level) const { return level >= least_; }
  void write(LogLevel level, std::string_view message, const LogFields& fields = {}) const;
  void error(LogLevel level, std::string_view message, const Error& error, LogFields fields = {}) const;

 private:
  LogLevel least_;
  LogFormat format_;
  int descriptor_;
};

} // namespace circuit::cli
