#include "ingest/runtime/error.h"

#include <utility>

namespace circuit {

const char* error_class_name(ErrorClass c) {
  switch (c) {
    case ErrorClass::kAuth:
      return "AUTH";
    case ErrorClass::kPermission:
      return "PERMISSION";
    case ErrorClass::kAdminApproval:
      return "ADMIN_APPROVAL";
    case ErrorClass::kThrottled:
      return "THROTTLED";
    case ErrorClass::kTransient:
      return "TRANSIENT";
    case ErrorClass::kInvalid:
      return "INVALID";
    case ErrorClass::kCorrupt:
      return "CORRUPT";
    case ErrorClass::kNotFound:
      return "NOT_FOUND";
    case ErrorClass::kConflict:
      return "CONFLICT";
    case ErrorClass::kExhausted:
      return "EXHAUSTED";
    case ErrorClass::kCancelled:
      return "CANCELLED";
    case ErrorClass::kInternal:
      return "INTERNAL";
  }
  return "INTERNAL";
}

std::string Error::to_string() const {
  if (next_step.empty()) return message;
  const bool ends_sentence = !message.empty() && (message.back() == '.' || message.back() == '!');
  return message + (ends_sentence ? " " : ". ") + next_step;
}

Error&& Error::with(std::string key, std::string value) && {
  metadata.insert_or_assign(std::move(key), std::move(value));
  return std::move(*this);
}

Error&& Error::while_doing(const std::string& what) && {
  message = what + ": " + message;
  return std::move(*this);
}

Error make_error(ErrorClass cls, std::string reason, std::string message, std::string next_step) {
  return Error{cls, std::move(reason), std::move(message), std::move(next_step), {}, std::nullopt};
}

bool is_retryable(const Error& e) {
  return e.cls == ErrorClass::kThrottled || e.cls == ErrorClass::kTransient;
}

} // namespace circuit
