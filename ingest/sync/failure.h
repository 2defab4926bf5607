#pragma once
// An Error on its way out of a pull. A feed reads top to bottom and lets it pass: the run catches it at the
// top, keeps what is committed, and ends the sync with it. Nobody else throws or catches it.

#include <exception>
#include <string>
#include <utility>

#include "ingest/runtime/error.h"

namespace circuit::sync {

class Failure final : public std::exception {
 public:
  explicit Failure(Error error) : error_(std::move(error)) {}
  const Error& error() const { return error_; }
  const char* what() const noexcept override { return error_.message.c_str(); }

 private:
  Error error_;
};

} // namespace circuit::sync
