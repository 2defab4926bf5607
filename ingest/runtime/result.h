#pragma once
// Result<T>: a value or an Error. What every fallible function in this code returns at a boundary.
//
//   Result<Page> page = parse(bytes);
//   if (!page) return page.error();
//   use(*page);
//
// Reading the value of a failed Result is a defect and stops the program.

#include <cassert>
#include <memory>
#include <utility>
#include <variant>

#include "ingest/runtime/error.h"

namespace circuit {
namespace detail {

// An Error, or none, in the room of a pointer: a Result is no larger for the Error that it seldom holds, and
// nor is a coroutine's frame for all the Results that pass through it.
class ErrorBox {
 public:
  ErrorBox() = default;
  explicit ErrorBox(Error error) : error_(std::make_unique<Error>(std::move(error))) {}
  ErrorBox(const ErrorBox& other) : error_(other.error_ ? std::make_unique<Error>(*other.error_) : nullptr) {}
  ErrorBox& operator=(const ErrorBox& other) { return *this = ErrorBox(other); }
  ErrorBox(ErrorBox&&) noexcept = default;
  ErrorBox& operator=(ErrorBox&&) noexcept = default;
  ~ErrorBox() = default;

  explicit operator bool() const { return error_ != nullptr; }
  Error& operator*() const {
    assert(error_);
    return *error_;
  }

 private:
  std::unique_ptr<Error> error_;
};

} // namespace detail

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}     // NOLINT: a value is a Result
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {} // NOLINT: an Error is a Result

  explicit operator bool() const { return state_.index() == 0; }
  bool ok() const { return state_.index() == 0; }

  T& operator*() & { return value(); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &std::get<0>(state_); }

  const Error& error() const& { return *std::get<1>(state_); }
  Error&& error() && { return std::move(*std::get<1>(state_)); }

 private:
  T& value() { return std::get<0>(state_); }
  std::variant<T, detail::ErrorBox> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {} // NOLINT: an Error is a Result

  explicit operator bool() const { return !error_; }
  bool ok() const { return !error_; }
  const Error& error() const& { return *error_; }
  Error&& error() && { return std::move(*error_); }

 private:
  detail::ErrorBox error_;
};

} // namespace circuit
