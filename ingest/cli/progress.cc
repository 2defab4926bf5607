#include "ingest/cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "ingest/api/control.h"
#include "ingest/cli/output.h"
#include "ingest/runtime/system_loop.h"

namespace circuit::cli {

using circuit::feeds::v1::Sync;
using circuit::feeds::v1::SyncCounts;

namespace {

bool is_parked(const Sync& sync) { return sync.has_parked_until() && !api::has_ended(sync); }

class JsonProgress final : public ProgressDisplay {
 public:
  explicit JsonProgress(std::FILE* stream) : stream_(stream) {}
  void show(const std::string&, const Sync& sync) override { print_json(sync, stream_); }

 private:
  std::FILE* stream_;
};

class PlainProgress final : public ProgressDisplay {
 public:
  explicit PlainProgress(std::FILE* stream) : stream_(stream) {}

  void show(const std::string& label, const Sync& sync) override {
    // Only what a reader of a log wants to know: not each heartbeat.
    std::string shown = Sync::State_Name(sync.state());
    if (is_parked(sync)) shown += " until " + show_time(sync.parked_until());
    if (sync.state() == Sync::QUEUED || shown_[label] == shown) return;
    shown_[label] = shown;
    std::fprintf(stream_, "%s: %s\n", printable(label).c_str(), describe(sync).c_str());
    std::fflush(stream_);
  }

 private:
  std::FILE* stream_;
  std::map<std::string, std::string> shown_;
};

// At most `columns` code points, with an ellipsis where something was cut.
std::string fit(const std::string& text, size_t columns) {
  size_t points = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((text[i] & 0xC0) == 0x80) continue;
    if (++points == columns) {
      const bool last = std::all_of(text.begin() + static_cast<long>(i) + 1, text.end(),
                                    [](char c) { return (c & 0xC0) == 0x80; });
      return last ? text : text.substr(0, i) + "…";
    }
  }
  return text;
}

class BlockProgress final : public ProgressDisplay {
 public:
  explicit BlockProgress(std::FILE* stream) : stream_(stream), colour_(wants_colour(stream)) {}
  ~BlockProgress() override {
    if (!syncs_.empty()) draw();
  }

  void show(const std::string& label, const Sync& sync) override {
    constexpr Duration kAtMostEvery = std::chrono::milliseconds(80);
    syncs_[label] = sync;
    const SteadyTime now = machine_steady_now();
    if (now - drawn_ < kAtMostEvery) return;
    drawn_ = now;
    draw();
  }

 private:
  struct Size {
    size_t rows = 24;
    size_t columns = 80;
  };
  Size size() const {
    winsize window{};
    if (::ioctl(::fileno(stream_), TIOCGWINSZ, &window) != 0 || window.ws_row == 0) return {};
    return {window.ws_row, window.ws_col};
  }

  void draw() {
    const Size terminal = size();
    const size_t room = terminal.rows > 3 ? terminal.rows - 3 : 1;
    std::vector<std::string> lines;
    SyncCounts sum;
    size_t ended = 0;
    for (const auto& [label, sync] : syncs_) {
      add_counts(sum, sync.counts());
      ended += api::has_ended(sync) ? 1 : 0;
    }
    // Those that run first; with more syncs than rows the ended ones are the first to give way.
    for (const bool want_ended : {false, true}) {
      for (const auto& [label, sync] : syncs_) {
        if (api::has_ended(sync) != want_ended || lines.size() >= room) continue;
        lines.push_back(mark(sync) + fit(printable(label) + "  " + describe(sync), terminal.columns - 3));
      }
    }
    const size_t hidden = syncs_.size() - lines.size();
    std::string total =
        std::to_string(ended) + " of " + std::to_string(syncs_.size()) + " done, " + describe(sum);
    if (hidden > 0) total += " (" + std::to_string(hidden) + " not shown)";
    lines.push_back(fit(total, terminal.columns - 1));
    paint(lines);
  }

  std::string mark(const Sync& sync) const {
    const char* colour = "\033[36m";
    const char* sign = "·";
    if (sync.state() == Sync::SUCCEEDED) colour = "\033[32m", sign = "✓";
    if (sync.state() == Sync::FAILED) colour = "\033[31m", sign = "✗";
    if (sync.state() == Sync::CANCELLED || is_parked(sync)) colour = "\033[33m", sign = "‖";
    return colour_ ? std::string(colour) + sign + "\033[0m " : std::string(sign) + " ";
  }

  void paint(const std::vector<std::string>& lines) {
    std::string out;
    if (painted_ > 0) out += "\033[" + std::to_string(painted_) + "A";
    for (const auto& line : lines) out += "\r\033[2K" + line + "\n";
    out += "\033[J";
    std::fputs(out.c_str(), stream_);
    std::fflush(stream_);
    painted_ = lines.size();
  }

  std::FILE* stream_;
  bool colour_;
  std::map<std::string, Sync> syncs_;
  SteadyTime drawn_{};
  size_t painted_ = 0;
};

std::string plural(int64_t count, const std::string& one, const std::string& many) {
  return show_count(count) + " " + (count == 1 ? one : many);
}

} // namespace

ProgressStyle choose_style(bool json, bool stream_is_terminal, bool documents_on_terminal) {
  if (json) return ProgressStyle::kJson;
  return stream_is_terminal && !documents_on_terminal ? ProgressStyle::kBlock : ProgressStyle::kPlain;
}

std::unique_ptr<ProgressDisplay> make_progress(ProgressStyle style, std::FILE* stream) {
  switch (style) {
    case ProgressStyle::kBlock:
      return std::make_unique<BlockProgress>(stream);
    case ProgressStyle::kPlain:
      return std::make_unique<PlainProgress>(stream);
    case ProgressStyle::kJson:
      return std::make_unique<JsonProgress>(stream);
  }
  return std::make_unique<PlainProgress>(stream);
}

std::string describe(const Sync& sync) {
  switch (sync.state()) {
    case Sync::QUEUED:
      return "waiting for a place";
    case Sync::FAILED:
      return "failed: " + printable(sync.error().message());
    case Sync::CANCELLED:
      return "stopped; " + describe(sync.counts());
    case Sync::SUCCEEDED: {
      std::string text = describe(sync.counts());
      if (!sync.complete() && !sync.incomplete_reason().empty()) {
        text += "; not read to its end: " + printable(sync.incomplete_reason());
      }
      if (sync.has_held_removals()) {
        text += "; " + plural(sync.held_removals().would_remove(), "removal", "removals") + " held back";
      }
      return text;
    }
    default:
      break;
  }
  if (is_parked(sync)) return "waiting for the provider until " + show_time(sync.parked_until());
  std::string activity = sync.activity().empty() ? "started" : printable(sync.activity());
  if (sync.counts().delivered() == 0) return activity;
  return show_count(sync.counts().delivered()) + " delivered, " + activity;
}

void add_counts(SyncCounts& sum, const SyncCounts& more) {
  sum.set_listed(sum.listed() + more.listed());
  sum.set_delivered(sum.delivered() + more.delivered());
  sum.set_removed(sum.removed() + more.removed());
  sum.set_unchanged(sum.unchanged() + more.unchanged());
  sum.set_rejected(sum.rejected() + more.rejected());
  sum.set_requests(sum.requests() + more.requests());
  sum.set_not_modified(sum.not_modified() + more.not_modified());
  sum.set_retries(sum.retries() + more.retries());
  sum.set_bytes_fetched(sum.bytes_fetched() + more.bytes_fetched());
  sum.set_bytes_delivered(sum.bytes_delivered() + more.bytes_delivered());
  sum.set_checkpoints(sum.checkpoints() + more.checkpoints());
}

std::string describe(const SyncCounts& counts) {
  std::string text = show_count(counts.delivered()) + " delivered, " + show_count(counts.unchanged()) +
                     " unchanged, " + show_count(counts.removed()) + " removed, " +
                     plural(counts.rejected(), "dead letter", "dead letters") + "; " +
                     plural(counts.requests(), "request", "requests");
  if (counts.not_modified() > 0) text += " (" + show_count(counts.not_modified()) + " not modified)";
  if (counts.retries() > 0) text += " (" + plural(counts.retries(), "retry", "retries") + ")";
  return text + ", " + show_bytes(counts.bytes_fetched());
}

} // namespace circuit::cli
