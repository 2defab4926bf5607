#include "ingest/state/error_message.h"

namespace circuit::state {

circuit::feeds::v1::SyncError to_message(const Error& error) {
  circuit::feeds::v1::SyncError message;
  message.set_error_class(error_class_name(error.cls));
  message.set_reason(error.reason);
  message.set_message(error.message);
  message.set_next_step(error.next_step);
  message.mutable_metadata()->insert(error.metadata.begin(), error.metadata.end());
  return message;
}

Error from_message(const circuit::feeds::v1::SyncError& message, ErrorClass otherwise) {
  Error error = make_error(otherwise, message.reason(), message.message(), message.next_step());
  for (int c = 0; c <= static_cast<int>(ErrorClass::kInternal); ++c) {
    const auto cls = static_cast<ErrorClass>(c);
    if (message.error_class() == error_class_name(cls)) error.cls = cls;
  }
  error.metadata.insert(message.metadata().begin(), message.metadata().end());
  return error;
}

} // namespace circuit::state
