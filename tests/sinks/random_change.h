#pragma once
// Changes with arbitrary content in every field that the contract has, found by reflection: a field that is
// added tomorrow is filled tomorrow.

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <array>
#include <string>

#include "circuit/feeds/v1/document.pb.h"
#include "ingest/runtime/random.h"

namespace circuit::sinks::testing {

inline std::string random_text(Random& random) {
  // Every class of character that a JSON writer may treat in its own way.
  static constexpr std::array<const char*, 22> kPieces = {
      "plain words ", "\"",     "\\",     "<b>", "&", "\n", "\t", "\r",     "\b",     "\f",     "\x01",
      "\x7f",         "\u0085", "\u00ad", "é",   "’", "漢", "😀",  "\u2028", "\ufeff", "\u200d", "/"};
  std::string text;
  for (uint64_t left = random.below(12); left > 0; --left) text += kPieces[random.below(kPieces.size())];
  return text;
}

inline void fill(google::protobuf::Message& message, Random& random);

inline void fill_timestamp(google::protobuf::Timestamp& time, Random& random) {
  constexpr int64_t kFirst = -62135596800;
  constexpr int64_t kLast = 253402300799;
  time.set_seconds(kFirst + static_cast<int64_t>(random.below(static_cast<uint64_t>(kLast - kFirst))));
  constexpr std::array<int, 4> kSteps = {1'000'000'000, 1'000'000, 1'000, 1};
  const int step = kSteps[random.below(kSteps.size())];
  time.set_nanos(static_cast<int>(random.below(static_cast<uint64_t>(1'000'000'000 / step))) * step);
}

inline void fill_single(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
                        Random& random) {
  using Field = google::protobuf::FieldDescriptor;
  const auto& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case Field::CPPTYPE_STRING:
      return reflection.SetString(&message, &field, random_text(random));
    case Field::CPPTYPE_BOOL:
      return reflection.SetBool(&message, &field, random.chance(0.5));
    case Field::CPPTYPE_INT32:
      return reflection.SetInt32(&message, &field, static_cast<int32_t>(random.next()));
    case Field::CPPTYPE_INT64:
      return reflection.SetInt64(&message, &field, static_cast<int64_t>(random.next()));
    case Field::CPPTYPE_ENUM:
      return reflection.SetEnumValue(&message, &field, static_cast<int>(random.below(6)));
    case Field::CPPTYPE_MESSAGE:
      return fill(*reflection.MutableMessage(&message, &field), random);
    default:
      GOOGLE_LOG(FATAL) << "teach the test about " << field.full_name();
  }
}

inline void fill(google::protobuf::Message& message, Random& random) {
  if (auto* time = dynamic_cast<google::protobuf::Timestamp*>(&message)) return fill_timestamp(*time, random);
  const auto& descriptor = *message.GetDescriptor();
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const auto& field = *descriptor.field(i);
    if (random.chance(0.25)) continue;
    if (!field.is_repeated()) {
      fill_single(message, field, random);
      continue;
    }
    for (uint64_t left = random.below(4); left > 0; --left) {
      if (field.cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
        fill(*reflection.AddMessage(&message, &field), random);
      } else {
        reflection.AddString(&message, &field, random_text(random));
      }
    }
  }
}

inline circuit::feeds::v1::Change random_change(Random& random) {
  circuit::feeds::v1::Change change;
  fill(change, random);
  return change;
}

} // namespace circuit::sinks::testing
