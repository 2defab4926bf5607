#include "ingest/sync/sink.h"

#include <stdexcept>

namespace circuit::sync {

OutgoingChange to_outgoing(const circuit::feeds::v1::Change& change) {
  return {change.kind(), change.external_id(), change.SerializeAsString()};
}

circuit::feeds::v1::Change to_change(const OutgoingChange& change) {
  circuit::feeds::v1::Change whole;
  if (!whole.ParseFromString(change.wire))
    throw std::logic_error("a change that is none: " + change.external_id);
  return whole;
}

Task<Result<circuit::feeds::v1::RawContent>> SinkSession::deliver_content(ContentSource& /*source*/) {
  co_return make_error(ErrorClass::kInvalid, "CONTENT_UNSUPPORTED", "The sink has no place for originals",
                       "Use a sink that takes them, or the content policy CONTENT_TEXT.");
}

Task<std::optional<GoneStorage>> Sink::find_gone(std::string /*position*/) { co_return std::nullopt; }

} // namespace circuit::sync
