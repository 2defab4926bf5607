#pragma once
// What went wrong, in a form that a machine can act upon and a person can follow.
//
// Every failure in this system is an Error: a class that decides what the engine does (retry, park,
// dead-letter, stop), a reason that scripts can match, a message that says what happened, and a next step
// that says what to do. Errors are values. They carry no secrets: a message may quote URLs (without user info
// and query values that look like keys) and status codes, never a provider's response body.
//
// Thread-safe as any value type.

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace circuit {

using SystemTime = std::chrono::sys_time<std::chrono::microseconds>; // UTC

enum class ErrorClass {
  kAuth,          // the credential does not work: reconnect
  kPermission,    // the credential works and may not do this: somebody must grant it
  kAdminApproval, // an administrator must approve the application first
  kThrottled,     // the other side asks for patience: retry_at says until when
  kTransient,     // expected to pass: retried with backoff
  kInvalid,   // this object, this request or this setting is wrong, and stays wrong until somebody changes it
  kCorrupt,   // stored data contradicts itself: refuse and say so
  kNotFound,  // what was named does not exist (any more)
  kConflict,  // another actor holds or has changed it
  kExhausted, // a limit of this machine or of the configuration was reached (disk, memory, quota)
  kCancelled, // somebody asked to stop
  kInternal,  // a defect of this program
};

// "AUTH", "PERMISSION", ... as documented in docs/errors.md and used in the API.
const char* error_class_name(ErrorClass c);

struct Error {
  ErrorClass cls = ErrorClass::kInternal;
  std::string reason;                          // UPPER_SNAKE_CASE, at most 63 characters, stable
  std::string message;                         // one sentence: what happened, to what
  std::string next_step;                       // one sentence: what to do about it
  std::map<std::string, std::string> metadata; // the variable parts of the message, for programs
  std::optional<SystemTime> retry_at;          // kThrottled, kTransient: not before this time

  // "message. next_step" for people.
  std::string to_string() const;

  Error&& with(std::string key, std::string value) &&;
  // Prefixes the message, "while reading feed x: ...", and keeps the rest.
  Error&& while_doing(const std::string& what) &&;
};

Error make_error(ErrorClass cls, std::string reason, std::string message, std::string next_step);

bool is_retryable(const Error& e); // kThrottled or kTransient

} // namespace circuit
