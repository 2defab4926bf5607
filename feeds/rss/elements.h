#pragma once
// Which element means what: from a name to the function that reads it. Private to this folder. One thread per
// Parsing.
//
// RSS, Atom and CDF elements are told apart by name alone, wherever they stand: real feeds mix the formats.
// Each handler reads one element into the feed, the entry or the source that it stands in.

#include <array>
#include <pugixml.hpp>

#include "feeds/rss/raw.h"
#include "feeds/rss/xml_reader.h"
#include "feeds/rss/xml_tree.h"

namespace circuit::feeds::rss {

// How sure a value is: a later one replaces it if it is at least as sure.
enum class Rank : uint8_t { kNone, kFallback, kDescription, kOwn };

struct Parsing;
struct Target;
using Handler = void (*)(Parsing& parsing, const Scope& scope, pugi::xml_node element, Target& target);

// The elements of a feed are the same few over and over: what a name meant the last time, under the same
// declarations, it means again.
class KnownElements {
 public:
  struct Element {
    uint64_t first = 0, last = 0; // of the name as written, with its prefix
    uint32_t size = 0;            // 0: nothing yet
    uint32_t declarations = 0;
    Name name;
    Handler handler = nullptr;
    std::string_view extension_name; // filled in by the first that asks
  };

  // `qualified` is the element's name.
  Element& find(const XmlReader& reader, const Scope& scope, std::string_view qualified);

 private:
  std::array<Element, 64> elements_;
  Element uncached_;
};

struct Parsing {
  RawFeed& out;
  XmlReader reader;
  KnownElements elements;
};

// Where the elements that are being read belong. Exactly one of the three roles: a feed, an entry, an entry's
// source.
struct Target {
  Metadata& meta;
  Source* source = nullptr; // feed or source
  FeedInfo* feed = nullptr;
  Entry* entry = nullptr;
  Rank title_rank = Rank::kNone;
  Rank summary_rank = Rank::kNone;
};

// The function that reads elements of this name; on_extension where there is none of its own.
Handler find_handler(const Name& name);

// Reads each child of `container` into `target`.
void read_children(Parsing& parsing, const Scope& scope, pugi::xml_node container, Target& target);

} // namespace circuit::feeds::rss
