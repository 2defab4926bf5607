#include "sinks/jsonl_writer.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "sinks/change_json.h"
#include "sinks/jsonl_file.h"
#include "sinks/jsonl_stream.h"

namespace circuit::sinks {
namespace {

// Lines are handed on in pieces of this size, so that a large batch does not take its size twice.
constexpr size_t kFlushBytes = 1 << 20;

// What exists and is neither a file nor a directory is written to as it comes.
bool is_stream(const std::string& path) {
  if (path == "-") return true;
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

Error shut_down() {
  return make_error(ErrorClass::kCancelled, "SINK_SHUT_DOWN", "the sink is closed", "Sync again");
}

} // namespace

JsonlWriter::JsonlWriter(std::string path, uint64_t rotate_bytes)
    : path_(std::move(path)), rotate_bytes_(rotate_bytes) {}

JsonlWriter::~JsonlWriter() {
  const std::lock_guard lock(output_mutex_);
  if (output_) output_->interrupt();
}

void JsonlWriter::recover(std::string position, Outcome<void> outcome) {
  thread_.post([this, position = std::move(position), outcome] { open_output(position, *outcome); });
}

void JsonlWriter::open_output(const std::string& position, Completion<Result<void>>& outcome) {
  std::unique_ptr<LineOutput> output;
  if (is_stream(path_)) {
    output = std::make_unique<JsonlStream>(path_);
  } else {
    output = std::make_unique<JsonlFile>(path_, rotate_bytes_);
  }
  auto recovered = output->recover(position);
  std::shared_ptr<JsonlContent> content;
  if (recovered && output->takes_back()) {
    content = std::make_shared<JsonlContent>(path_);
    recovered = content->open();
  }
  if (recovered) {
    const std::lock_guard lock(output_mutex_);
    output_ = std::move(output);
    content_ = std::move(content);
    takes_back_ = output_->takes_back();
  }
  outcome.set(std::move(recovered));
}

void JsonlWriter::expect_in_place(Outcome<void> outcome) {
  thread_.post([this, outcome = std::move(outcome)] {
    outcome->set(output_ ? output_->expect_in_place() : Result<void>(shut_down()));
  });
}

void JsonlWriter::find_gone(std::string position,
                            std::shared_ptr<Completion<std::optional<sync::GoneStorage>>> outcome) {
  thread_.post([this, position = std::move(position), outcome = std::move(outcome)] {
    outcome->set(is_stream(path_) ? std::nullopt : find_gone_file(path_, position));
  });
}

std::shared_ptr<JsonlContent> JsonlWriter::content() {
  const std::lock_guard lock(output_mutex_);
  return content_;
}

void JsonlWriter::write(Session session, std::shared_ptr<const sync::DeliverBatch> batch,
                        Outcome<sync::DeliverAck> outcome) {
  thread_.post([this, session, batch = std::move(batch), outcome = std::move(outcome)] {
    Window& window = window_of(session);
    if (window.failure) return outcome->set(*window.failure);
    auto written = output_ ? write_now(*batch, window) : Result<sync::DeliverAck>(shut_down());
    if (!written) window.failure = written.error();
    outcome->set(std::move(written));
  });
}

void JsonlWriter::seal(Session session, Outcome<std::string> outcome) {
  take_turn(session, [this, session, outcome = std::move(outcome)] {
    Window& window = window_of(session);
    if (window.failure) return outcome->set(*window.failure);
    auto sealed = output_ ? seal_now(window) : Result<std::string>(shut_down());
    if (!sealed) window.failure = sealed.error();
    outcome->set(std::move(sealed));
  });
}

void JsonlWriter::commit(Session session) {
  thread_.post([this] {
    if (output_) output_->commit();
  });
  end_turn(session);
}

void JsonlWriter::end(Session session) {
  std::deque<InLine> dropped; // destroyed without the lock
  bool has_turn = false;
  {
    const std::lock_guard lock(turn_mutex_);
    has_turn = turn_ == session;
    const auto gone = std::stable_partition(
        line_.begin(), line_.end(), [session](const InLine& entry) { return entry.session != session; });
    std::move(gone, line_.end(), std::back_inserter(dropped));
    line_.erase(gone, line_.end());
  }
  thread_.post([this, session, has_turn] {
    windows_.erase(session);
    if (has_turn && output_) output_->rollback();
  });
  if (has_turn) end_turn(session);
}

void JsonlWriter::close(Outcome<void> outcome) {
  thread_.post([this, outcome = std::move(outcome)] {
    {
      const std::lock_guard lock(output_mutex_);
      output_.reset();
      content_.reset();
    }
    outcome->set({});
  });
}

// Work of a session that has the turn runs before anything that is posted after it was given away.
void JsonlWriter::take_turn(Session session, std::function<void()> work) {
  const std::lock_guard lock(turn_mutex_);
  if (!turn_) turn_ = session;
  if (turn_ == session) return thread_.post(std::move(work));
  line_.push_back({session, std::move(work)});
}

void JsonlWriter::end_turn(Session session) {
  const std::lock_guard lock(turn_mutex_);
  if (turn_ != session) return;
  turn_.reset();
  if (line_.empty()) return;
  turn_ = line_.front().session;
  thread_.post(std::move(line_.front().work));
  line_.pop_front();
}

JsonlWriter::Window& JsonlWriter::window_of(Session session) {
  const auto slash = path_.rfind('/');
  return windows_.try_emplace(session, slash == std::string::npos ? "." : path_.substr(0, slash + 1))
      .first->second;
}

Result<sync::DeliverAck> JsonlWriter::write_now(const sync::DeliverBatch& batch, Window& window) {
  sync::DeliverAck ack;
  buffer_.clear();
  for (size_t i = 0; i < batch.changes.size(); ++i) {
    if (auto appended = append_change_json(sync::to_change(batch.changes[i]), buffer_); !appended) {
      ack.rejections.push_back({i, std::move(appended).error()});
      continue;
    }
    buffer_ += '\n';
    if (buffer_.size() >= kFlushBytes) {
      if (auto flushed = flush(window); !flushed) return flushed.error();
    }
  }
  if (auto flushed = flush(window); !flushed) return flushed.error();
  return ack;
}

Result<void> JsonlWriter::flush(Window& window) {
  auto taken = output_->takes_back() ? window.lines.add(buffer_) : output_->append(buffer_);
  buffer_.clear();
  if (buffer_.capacity() > 4 * kFlushBytes)
    buffer_.shrink_to_fit(); // one huge document must not stay for ever
  return taken;
}

Result<std::string> JsonlWriter::seal_now(Window& window) {
  auto copied = window.lines.copy_to(*output_);
  auto position = copied ? output_->seal() : Result<std::string>(std::move(copied).error());
  if (position) {
    window.lines.clear();
  } else {
    output_->rollback();
  }
  return position;
}

} // namespace circuit::sinks
