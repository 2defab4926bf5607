#include "sinks/jsonl_content.h"

#include <utility>

#include "sinks/completion.h"

namespace circuit::sinks {

namespace v1 = circuit::feeds::v1;

// The steps of one original on the thread. Whatever ends the coroutine, the writer goes on the thread.
class JsonlContent::Writing {
 public:
  explicit Writing(std::shared_ptr<JsonlContent> content) : content_(std::move(content)) {}
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;
  ~Writing() {
    content_->thread_.post([state = state_] { state->writer.reset(); });
  }

  Task<Result<void>> write(std::string piece) {
    return run([piece = std::move(piece)](State& state) { return state.writer->write(piece); });
  }
  Task<Result<void>> begin() {
    return run([store = &content_->store_](State& state) -> Result<void> {
      auto writer = store->begin();
      if (!writer) return std::move(writer).error();
      state.writer = std::move(*writer);
      return {};
    });
  }
  Task<Result<void>> keep() {
    return run([](State& state) {
      state.content = state.writer->close();
      return state.writer->keep();
    });
  }
  const v1::RawContent& content() const { return state_->content; }

 private:
  struct State {
    std::unique_ptr<ContentWriter> writer;
    v1::RawContent content;
  };

  Task<Result<void>> run(std::function<Result<void>(State&)> step) {
    auto outcome = std::make_shared<Completion<Result<void>>>();
    content_->thread_.post([state = state_, step = std::move(step), outcome] { outcome->set(step(*state)); });
    return Completion<Result<void>>::wait(std::move(outcome));
  }

  const std::shared_ptr<JsonlContent> content_;
  const std::shared_ptr<State> state_ = std::make_shared<State>();
};

Task<Result<v1::RawContent>> JsonlContent::store(std::shared_ptr<JsonlContent> self,
                                                 sync::ContentSource& source) {
  Writing writing(std::move(self));
  auto done = co_await writing.begin();
  while (done) {
    auto piece = co_await source.read();
    if (!piece) co_return std::move(piece).error();
    if (piece->empty()) break;
    auto written = writing.write(std::move(*piece));
    done = co_await std::move(written);
  }
  if (done) done = co_await writing.keep();
  if (!done) co_return std::move(done).error();
  co_return writing.content();
}

} // namespace circuit::sinks
