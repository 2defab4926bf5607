#pragma once
// The structs that a catalog entry is made of, taken apart: each is visited with all its fields, in their
// order. A struct that gains or loses a field does not compile until its number here is right, and none can
// be forgotten. Private to packed_entry.cc.

#include <cstddef>
#include <type_traits>

#include "config/catalog_entry.h"

namespace circuit::config {

template <class Record>
inline constexpr size_t kFieldCount = 0; // no record

template <>
inline constexpr size_t kFieldCount<CatalogEntry> = 4;
template <>
inline constexpr size_t kFieldCount<RateLimits> = 3;
template <>
inline constexpr size_t kFieldCount<credentials::AccountLookup> = 6;
template <>
inline constexpr size_t kFieldCount<credentials::Approval> = 8;
template <>
inline constexpr size_t kFieldCount<credentials::ApprovalSign> = 4;
template <>
inline constexpr size_t kFieldCount<credentials::AssertionProfile> = 4;
template <>
inline constexpr size_t kFieldCount<credentials::Field> = 7;
template <>
inline constexpr size_t kFieldCount<credentials::Method> = 11;
template <>
inline constexpr size_t kFieldCount<credentials::OAuthProfile> = 24;
template <>
inline constexpr size_t kFieldCount<credentials::Profile> = 10;
template <>
inline constexpr size_t kFieldCount<credentials::Revocation> = 3;
template <>
inline constexpr size_t kFieldCount<credentials::ReviewPlace> = 3;
template <>
inline constexpr size_t kFieldCount<credentials::Scope> = 4;

// Calls visit(field, field, ...) with references, const ones of a const record.
template <class Record, class Visitor>
void with_fields(Record& record, Visitor& visit) {
  constexpr size_t count = kFieldCount<std::remove_const_t<Record>>;
  if constexpr (count == 3) {
    auto& [a, b, c] = record;
    visit(a, b, c);
  } else if constexpr (count == 4) {
    auto& [a, b, c, d] = record;
    visit(a, b, c, d);
  } else if constexpr (count == 6) {
    auto& [a, b, c, d, e, f] = record;
    visit(a, b, c, d, e, f);
  } else if constexpr (count == 7) {
    auto& [a, b, c, d, e, f, g] = record;
    visit(a, b, c, d, e, f, g);
  } else if constexpr (count == 8) {
    auto& [a, b, c, d, e, f, g, h] = record;
    visit(a, b, c, d, e, f, g, h);
  } else if constexpr (count == 10) {
    auto& [a, b, c, d, e, f, g, h, i, j] = record;
    visit(a, b, c, d, e, f, g, h, i, j);
  } else if constexpr (count == 11) {
    auto& [a, b, c, d, e, f, g, h, i, j, k] = record;
    visit(a, b, c, d, e, f, g, h, i, j, k);
  } else if constexpr (count == 24) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x] = record;
    visit(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x);
  } else {
    static_assert(count == 3, "no record of so many fields was there yet: add a branch");
  }
}

} // namespace circuit::config
