#include "ingest/cli/output.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>

#include "ingest/cli/exit_code.h"
#include "ingest/state/error_message.h"

namespace circuit::cli {
namespace {

// Code points, which is near enough to columns for what is shown here.
size_t width(const std::string& text) {
  return static_cast<size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

void print_padded(const std::string& text, size_t columns, std::FILE* stream) {
  std::fputs(text.c_str(), stream);
  for (size_t i = width(text); i < columns; ++i) std::fputc(' ', stream);
}

} // namespace

bool is_terminal(std::FILE* stream) {
  const char* term = std::getenv("TERM");
  return ::isatty(::fileno(stream)) != 0 && term != nullptr && std::string_view(term) != "dumb";
}

bool wants_colour(std::FILE* stream) {
  const char* refused = std::getenv("NO_COLOR");
  return is_terminal(stream) && (refused == nullptr || *refused == '\0');
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool c1 = c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (c1) ++i;
    out += c1 || c < 0x20 || c == 0x7F ? ' ' : text[i];
  }
  return out;
}

std::string to_json(const google::protobuf::Message& message) {
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json);
  // Messages of ours hold no Any and no time out of range; a failure is a defect that must be seen.
  if (!status.ok()) return "{\"error\":{\"reason\":\"NOT_PRINTABLE\"}}";
  return json;
}

void print_json(const google::protobuf::Message& message, std::FILE* stream) {
  std::fprintf(stream, "%s\n", to_json(message).c_str());
  std::fflush(stream);
}

std::string json_string(std::string_view text) {
  google::protobuf::Value value;
  value.set_string_value(std::string(text));
  return to_json(value);
}

void print_table(const std::vector<std::vector<std::string>>& rows, std::FILE* stream) {
  std::vector<std::vector<std::string>> cells = rows;
  std::vector<size_t> widths;
  for (auto& row : cells) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) {
      row[i] = printable(row[i]);
      widths[i] = std::max(widths[i], width(row[i]));
    }
  }
  for (const auto& row : cells) {
    for (size_t i = 0; i < row.size(); ++i) {
      const bool last = i + 1 == row.size();
      print_padded(row[i], last ? 0 : widths[i] + 2, stream);
    }
    std::fputc('\n', stream);
  }
}

void print_fields(const std::vector<std::pair<std::string, std::string>>& fields, std::FILE* stream) {
  size_t columns = 0;
  for (const auto& [name, value] : fields) {
    if (!value.empty()) columns = std::max(columns, width(name) + 3);
  }
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    print_padded(name + ":", columns, stream);
    std::fprintf(stream, "%s\n", printable(value).c_str());
  }
}

std::string show_time(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0 && time.nanos() == 0) return "";
  const std::time_t seconds = time.seconds();
  std::tm utc{};
  if (::gmtime_r(&seconds, &utc) == nullptr) return "";
  char text[64];
  const size_t size = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &utc);
  return std::string(text, size);
}

std::string show_count(int64_t count) {
  std::string digits = std::to_string(count);
  const size_t first = count < 0 ? 1 : 0;
  for (size_t at = digits.size(); at > first + 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string show_bytes(int64_t bytes) {
  constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 1024 && unit + 1 < std::size(kUnits)) {
    value /= 1024;
    ++unit;
  }
  char text[64];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", value, kUnits[unit]);
  return text;
}

void print_error(const Error& error, bool json) {
  if (json) {
    std::fprintf(stderr, "{\"error\":%s}\n", to_json(state::to_message(error)).c_str());
    return;
  }
  const bool colour = wants_colour(stderr);
  // A message may have lines (one for each problem of a file): each is made printable by itself.
  std::string message;
  for (size_t at = 0; at <= error.message.size();) {
    const size_t end = std::min(error.message.find('\n', at), error.message.size());
    message += (at == 0 ? "" : "\n  ") + printable(std::string_view(error.message).substr(at, end - at));
    at = end + 1;
  }
  std::fprintf(stderr, "%serror:%s %s [%s %s]\n", colour ? "\033[31m" : "", colour ? "\033[0m" : "",
               message.c_str(), error_class_name(error.cls), error.reason.c_str());
  if (!error.next_step.empty()) std::fprintf(stderr, "next:  %s\n", printable(error.next_step).c_str());
}

int exit_code_of(const Error& error) { return error.cls == ErrorClass::kInvalid ? kUsage : kFailed; }

} // namespace circuit::cli
