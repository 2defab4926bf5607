#pragma once
// What every provider reads of a connection, and says of one that it has checked. Pure functions; any thread.

#include <string>
#include <utility>

#include "circuit/feeds/v1/connection.pb.h"
#include "ingest/runtime/error.h"

namespace circuit::sync {

// Empty where it was not given.
inline std::string parameter(const circuit::feeds::v1::Connection& connection, const std::string& name) {
  const auto given = connection.parameters().find(name);
  return given == connection.parameters().end() ? std::string() : given->second;
}

// Where its requests go, without a slash at the end: `instead` (for tests and replay), or its parameter
// base_url, or `otherwise`, whichever is not empty first.
inline std::string base_url(const circuit::feeds::v1::Connection& connection, std::string instead,
                            const std::string& otherwise) {
  std::string url = std::move(instead);
  if (url.empty()) url = parameter(connection, "base_url");
  if (url.empty()) url = otherwise;
  while (url.ends_with('/')) url.pop_back();
  return url;
}

// Whether an error is what a check wants to know, and goes into its report, rather than the reason why
// nothing could be found out.
inline bool is_about_the_credential(const Error& error) {
  return error.cls == ErrorClass::kAuth || error.cls == ErrorClass::kPermission ||
         error.cls == ErrorClass::kAdminApproval;
}

} // namespace circuit::sync
