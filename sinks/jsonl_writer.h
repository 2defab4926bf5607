#pragma once
// The thread of a JSONL sink, what waits on it, and whose turn it is at the file.
//
// A session is known by its number. Its lines are kept apart until seal(), which waits for the turn, appends
// them and makes them durable; the turn ends with commit() or end(). So a session holds the file no longer
// than one commit of the store, and deliveries never wait for another session. Lines for a stream, which
// takes nothing back, are written at once. Any thread may call.

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "ingest/sync/sink.h"
#include "sinks/completion.h"
#include "sinks/jsonl_content.h"
#include "sinks/line_output.h"
#include "sinks/line_spool.h"
#include "sinks/serial_thread.h"

namespace circuit::sinks {

class JsonlWriter {
 public:
  using Session = uint64_t;
  template <class T>
  using Outcome = std::shared_ptr<Completion<Result<T>>>;

  JsonlWriter(std::string path, uint64_t rotate_bytes);
  ~JsonlWriter(); // does not wait for a stalled reader

  // Whether what is not committed is taken back: of a file, once recover() has succeeded.
  bool takes_back() const { return takes_back_; }
  // Where originals go; null where they have no place: a stream, or a sink that is closed.
  std::shared_ptr<JsonlContent> content();
  Session new_session() { return next_session_++; }

  void recover(std::string position, Outcome<void> outcome);
  // Whether a session may begin: what is open is still what readers see.
  void expect_in_place(Outcome<void> outcome);
  void find_gone(std::string position, std::shared_ptr<Completion<std::optional<sync::GoneStorage>>> outcome);
  void write(Session session, std::shared_ptr<const sync::DeliverBatch> batch,
             Outcome<sync::DeliverAck> outcome);
  void seal(Session session, Outcome<std::string> outcome);
  void commit(Session session);
  // Forgets the session; what it sealed and did not commit is taken back.
  void end(Session session);
  void close(Outcome<void> outcome);

 private:
  // On the thread alone.
  struct Window {
    explicit Window(const std::string& directory) : lines(directory) {}
    LineSpool lines;              // delivered and not sealed
    std::optional<Error> failure; // everything further fails with it
  };

  void open_output(const std::string& position, Completion<Result<void>>& outcome);
  Window& window_of(Session session);
  Result<sync::DeliverAck> write_now(const sync::DeliverBatch& batch, Window& window);
  Result<void> flush(Window& window);
  Result<std::string> seal_now(Window& window);

  void take_turn(Session session, std::function<void()> work);
  void end_turn(Session session);

  const std::string path_;
  const uint64_t rotate_bytes_;
  std::atomic<Session> next_session_{1};
  std::atomic<bool> takes_back_{false};

  struct InLine {
    Session session;
    std::function<void()> work;
  };
  std::mutex turn_mutex_;
  std::optional<Session> turn_;
  std::deque<InLine> line_;

  std::mutex output_mutex_; // for interrupt() and content(); the thread alone changes the pointers
  std::unique_ptr<LineOutput> output_;
  std::shared_ptr<JsonlContent> content_;
  std::unordered_map<Session, Window> windows_;
  std::string buffer_;
  SerialThread thread_; // last: ends before what it works on
};

} // namespace circuit::sinks
