#include "ingest/sync/sink.h"

namespace circuit::sync {

Task<Result<circuit::feeds::v1::RawContent>> SinkSession::deliver_content(ContentSource& /*source*/) {
  co_return make_error(ErrorClass::kInvalid, "CONTENT_UNSUPPORTED", "The sink has no place for originals",
                       "Use a sink that takes them, or the content policy CONTENT_TEXT.");
}

} // namespace circuit::sync
