#pragma once
// What every provider does to a selection before it is compared and stored. Pure; any thread.

#include <algorithm>
#include <string>

#include <google/protobuf/repeated_ptr_field.h>

namespace circuit::sync {

// The order and the repetitions in which somebody wrote values down make no other feed.
inline void sort_unique(google::protobuf::RepeatedPtrField<std::string>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

} // namespace circuit::sync
