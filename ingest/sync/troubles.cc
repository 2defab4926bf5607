#include "ingest/sync/troubles.h"

#include <utility>

#include "ingest/sync/failure.h"

namespace circuit::sync {

void Troubles::add(Pull& pull, const std::string& where, Error error) {
  const bool passing = error.cls == ErrorClass::kTransient;
  if (!passing) passing_.went_well();
  const bool of_one = error.cls == ErrorClass::kPermission || error.cls == ErrorClass::kNotFound ||
                      error.cls == ErrorClass::kInvalid || error.cls == ErrorClass::kConflict ||
                      (passing && passing_.add());
  if (!of_one) throw Failure(std::move(error));
  ++count_;
  constexpr size_t kNamed = 5;
  if (texts_.size() < kNamed) texts_.push_back(where + ": " + error.to_string());
  if (!first_) first_ = std::move(error);
  std::string all;
  for (const std::string& text : texts_) all += (all.empty() ? "" : " ") + text;
  if (count_ > texts_.size()) all += " And " + std::to_string(count_ - texts_.size()) + " more.";
  pull.incomplete(std::move(all));
}

void Troubles::throw_if_all() const {
  if (!well_ && first_) throw Failure(*first_);
}

} // namespace circuit::sync
