// An even first byte: the rest is a key as found on disk. An odd one: the parts of a key that is written.

#include "ingest/state/key.h"

#include <algorithm>
#include <compare>
#include <variant>
#include <vector>

#include "ingest/state/layout.h"
#include "tests/fuzz/target.h"

namespace circuit::fuzz {
namespace {

using Part = std::variant<std::string, int64_t>;
using Tuple = std::vector<Part>;

// Whatever is read of a key gives these bytes when it is written.
void check_reading(std::string_view bytes, unsigned kinds) {
  state::KeyReader reader(bytes);
  state::Key written;
  for (int i = 0; i < 8; ++i, kinds >>= 1) {
    if ((kinds & 1) != 0) {
      const auto part = reader.string();
      if (!part) break;
      written.add(*part);
    } else {
      const auto part = reader.integer();
      if (!part) break;
      written.add(*part);
    }
  }
  require(bytes.starts_with(written.bytes()), "a key is read as it was written", bytes);
  require(!reader.at_end() || written.bytes() == bytes, "what was read is all there is", bytes);
}

void check_layout(std::string_view bytes) {
  if (const auto run = state::read_run_by_feed_key(bytes)) {
    require(state::run_by_feed_key(run->feed, run->created_at, run->sync) == bytes,
            "a run's key is its parts", bytes);
  }
  state::KeyReader reader(bytes);
  const auto feed = reader.string();
  const auto epoch = reader.integer();
  if (const auto id = state::manifest_external_id(bytes)) {
    require(feed && epoch, "a manifest key begins with feed and epoch", bytes);
    require(state::manifest_key(*feed, *epoch, *id) == bytes, "a manifest key is its parts", bytes);
    require(bytes.starts_with(state::manifest_prefix(*feed, *epoch)), "a row is found by its epoch", bytes);
    require(bytes.starts_with(state::manifest_prefix(*feed)), "a row is found by its feed", bytes);
  }
  for (size_t table = 0; table < state::kTableCount; ++table) {
    const std::string shown = state::printable_key(static_cast<state::Table>(table), bytes);
    require(shown.size() <= 1024, "a key for people is short", shown);
    require(std::all_of(shown.begin(), shown.end(), [](char c) { return c >= 0x20 && c < 0x7f; }),
            "a key for people can be printed", shown);
  }
}

Tuple tuple_of(Input& in) {
  Tuple tuple;
  while (!in.at_end() && tuple.size() < 6) {
    const unsigned kind = in.byte();
    if (kind == 0) break;
    if (kind % 2 == 1) {
      tuple.emplace_back(std::string(in.take(kind / 8)));
      continue;
    }
    uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8 | in.byte();
    tuple.emplace_back(static_cast<int64_t>(value));
  }
  return tuple;
}

std::string key_of(const Tuple& tuple) {
  state::Key key;
  for (const Part& part : tuple) std::visit([&key](const auto& value) { key.add(value); }, part);
  return key.bytes();
}

// As key.h promises: part by part, strings by length first, a prefix before what it begins.
std::strong_ordering compare(const Tuple& a, const Tuple& b) {
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (a[i].index() != b[i].index()) return std::strong_ordering::equivalent; // never in one table
    const auto order = a[i].index() == 1 ? std::get<1>(a[i]) <=> std::get<1>(b[i])
                       : std::get<0>(a[i]).size() != std::get<0>(b[i]).size()
                           ? std::get<0>(a[i]).size() <=> std::get<0>(b[i]).size()
                           : std::get<0>(a[i]).compare(std::get<0>(b[i])) <=> 0;
    if (order != 0) return order;
  }
  return a.size() <=> b.size();
}

bool same_kinds(const Tuple& a, const Tuple& b) {
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (a[i].index() != b[i].index()) return false;
  }
  return true;
}

void check_writing(Input& in) {
  const Tuple a = tuple_of(in), b = tuple_of(in);
  const std::string key_a = key_of(a), key_b = key_of(b);
  state::KeyReader reader(key_a);
  for (const Part& part : a) {
    const bool same =
        part.index() == 0 ? reader.string() == std::get<0>(part) : reader.integer() == std::get<1>(part);
    require(same, "a part that was written is read back", key_a);
  }
  require(reader.at_end(), "there is nothing behind the last part", key_a);
  if (same_kinds(a, b))
    require((key_a.compare(key_b) <=> 0) == compare(a, b), "keys compare as their parts do",
            key_a + "\n" + key_b);
}

} // namespace

void check_input(std::string_view input) {
  Input in(input);
  const unsigned choice = in.byte();
  if (choice % 2 == 1) return check_writing(in);
  check_reading(in.rest(), choice >> 1);
  check_layout(input.substr(std::min<size_t>(1, input.size())));
}

} // namespace circuit::fuzz
