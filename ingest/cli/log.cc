#include "ingest/cli/log.h"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <ctime>

#include "ingest/runtime/system_loop.h"
#include "ingest/text/charset.h"

namespace circuit::cli {
namespace {

constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warning", "error"};
// A line longer than a pipe's atomic write could mix with others; values are cut before that.
constexpr size_t kLongestValue = 2000;

std::string format_time(SystemTime time) {
  using std::chrono::milliseconds;
  const auto since = std::chrono::floor<milliseconds>(time.time_since_epoch());
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(since).count();
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  char text[64];
  const size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  char fraction[16];
  std::snprintf(fraction, sizeof fraction, ".%03dZ", static_cast<int>(since.count() - seconds * 1000));
  return std::string(text, size) + fraction;
}

// The inside of a JSON string; logfmt quotes the same way.
void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text::truncate_utf8(text, kLongestValue)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7F) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", byte);
      out += escape;
    } else {
      out += c;
    }
  }
}

bool needs_quotes(std::string_view value) {
  if (value.empty()) return true;
  for (const char c : value) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == '"' || c == '=' || c == '\\' || c == 0x7F) return true;
  }
  return false;
}

void append_logfmt(std::string& line, std::string_view name, std::string_view value) {
  if (!line.empty()) line += ' ';
  line += name;
  line += '=';
  if (!needs_quotes(value)) {
    line += text::truncate_utf8(value, kLongestValue);
    return;
  }
  line += '"';
  append_escaped(line, value);
  line += '"';
}

void append_json(std::string& line, std::string_view name, std::string_view value) {
  line += line.empty() ? "{\"" : ",\"";
  line += name;
  line += "\":\"";
  append_escaped(line, value);
  line += '"';
}

} // namespace

LogLevel log_level(std::string_view name) {
  for (size_t i = 0; i < kLevels.size(); ++i) {
    if (kLevels[i] == name) return static_cast<LogLevel>(i);
  }
  return LogLevel::kInfo;
}

std::string format_log_line(LogFormat format, SystemTime time, LogLevel level, std::string_view message,
                            const LogFields& fields) {
  const auto append = format == LogFormat::kJson ? append_json : append_logfmt;
  std::string line;
  append(line, "time", format_time(time));
  append(line, "level", kLevels[static_cast<size_t>(level)]);
  append(line, "message", message);
  for (const auto& [name, value] : fields) {
    if (!value.empty()) append(line, name, value);
  }
  line += format == LogFormat::kJson ? "}\n" : "\n";
  return line;
}

void Log::write(LogLevel level, std::string_view message, const LogFields& fields) const {
  if (level < least_) return;
  const std::string line = format_log_line(format_, machine_now(), level, message, fields);
  // A log that cannot be written has nowhere to say so.
  [[maybe_unused]] const auto written = ::write(descriptor_, line.data(), line.size());
}

void Log::error(LogLevel level, std::string_view message, const Error& error, LogFields fields) const {
  fields.emplace_back("class", error_class_name(error.cls));
  fields.emplace_back("reason", error.reason);
  fields.emplace_back("error", error.message);
  fields.emplace_back("next", error.next_step);
  write(level, message, fields);
}

} // namespace circuit::cli
