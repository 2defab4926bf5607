// What can be done to documents away from the loop: their making, and what the engine adds to each.

#include <algorithm>
#include <utility>

#include "ingest/sync/encoded_document.h"
#include "ingest/sync/run.h"
#include "ingest/text/file_text.h"

namespace circuit::sync {

namespace v1 = circuit::feeds::v1;

namespace {

// Handing work over and taking it back costs some twenty microseconds where a thread has to be woken; that
// much source takes ten times as long to parse or to normalize.
constexpr size_t kWorthAThread = 16 << 10;

// Documents are made ahead of their delivery from so much of their source at a time: few hops, and little
// memory beside the source itself, whose credit covers it (hold_body).
constexpr size_t kMadeAhead = 256 << 10;

} // namespace

Task<void> Run::run_elsewhere(size_t bytes, std::function<void()> work) {
  if (seams_.compute == nullptr || bytes < kWorthAThread) {
    work();
    co_return;
  }
  co_await seams_.compute->run(std::move(work));
}

EncodedDocument Run::prepare(v1::Document document) const {
  // Whatever a provider says of its own accord: items whose bodies need no fetching among them.
  if (settings_.content() == v1::CONTENT_NONE && !document.text().empty()) {
    document.clear_text();
    document.clear_text_truncated();
    (*document.mutable_metadata())["content.omitted"] = std::string(text::kOmittedByPolicy);
  }
  document.set_feed(settings_.name());
  document.set_connection(settings_.connection());
  document.set_provider(settings_.provider());
  return encode(std::move(document));
}

Task<void> Run::upsert(v1::Document document) {
  EncodedDocument encoded = prepare(std::move(document));
  co_await upsert_encoded(std::move(encoded));
}

Task<void> Run::upsert_all(size_t count, size_t bytes, std::function<v1::Document(size_t)> make) {
  const size_t each = std::max<size_t>(bytes / std::max<size_t>(count, 1), 1);
  const size_t at_a_time = std::max<size_t>(kMadeAhead / each, 1);
  for (size_t begin = 0; begin < count; begin += at_a_time) {
    const size_t end = std::min(count, begin + at_a_time);
    std::vector<EncodedDocument> some;
    some.reserve(end - begin);
    std::function<void()> work = [&] {
      for (size_t i = begin; i < end; ++i) some.push_back(prepare(make(i)));
    };
    co_await run_elsewhere((end - begin) * each, std::move(work));
    for (EncodedDocument& encoded : some) co_await upsert_encoded(std::move(encoded));
  }
}

} // namespace circuit::sync
